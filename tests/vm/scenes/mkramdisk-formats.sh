# shellcheck shell=bash
# The kernel itself loads what mkramdisk makes: every block size in both revisions, raw and in every
# compression. Its ext2 driver reads all files, and what it read is compared on this side, byte by
# byte: the guest writes it to a disk. Each boot takes another pair, so that eight show them all.
# kernels: classic

guest_tree "$WORK/tree"
guest_init "$WORK/tree"
# Files beyond each level of pointers that a small image can reach, and a hole.
head -c 700000 /dev/urandom >"$WORK/tree/double"
truncate -s 1200000 "$WORK/tree/hole"
printf end >>"$WORK/tree/hole"
ln -s "$(printf '%0200d' 0)" "$WORK/tree/slow"
for i in {1..150}; do : >"$WORK/tree/tmp/a-name-that-fills-a-block-$i"; done
cat >"$WORK/tree/bin/report" <<'EOF'
while read -r major minor _ name; do
    [ "$name" != vda ] || mknod /tmp/disk b "$major" "$minor"
done </proc/partitions
cat /double /hole /bin/sh >/tmp/disk && sync && echo "GUEST wrote all"
set -- /tmp/a-name*
echo "GUEST names $#"
echo "GUEST link $(readlink /slow)"
EOF
sed -i 's|^# measure here$|. /bin/report|' "$WORK/tree/sbin/init"
cat "$WORK"/tree/{double,hole,bin/sh} >"$WORK/wanted"

formats=('1024 1' '2048 0' '4096 1' '1024 0' '2048 1' '4096 0')
methods=(none gzip bzip2 lzma xz lzo lz4 zstd)
for i in "${!methods[@]}"; do
    read -r block_size revision <<<"${formats[i % 6]}"
    "$(tool mkramdisk)" -s 4096k -U -D "$WORK/tree.table" -b "$block_size" --revision "$revision" \
        -z "${methods[i]}" -o "$WORK/image" "$WORK/tree" || fail "mkramdisk -z ${methods[i]}"
    echo "--- $block_size bytes a block, revision $revision, ${methods[i]}"
    rm -f "$WORK/disk"
    truncate -s 4M "$WORK/disk"
    boot --initrd "$WORK/image" --disk "$WORK/disk" --append 'root=/dev/ram0 rw rootfstype=ext2'
    case ${methods[i]} in
        none) expect 'RAMDISK: ext2 filesystem found at block 0' ;;
        *) expect "RAMDISK: ${methods[i]} image found at block 0" ;;
    esac
    expect_in_order 'VFS: Mounted root (ext2 filesystem)' 'GUEST init pid=1' \
        'GUEST root=1:0 type=ext2' 'GUEST wrote all' 'GUEST names 150' \
        "GUEST link $(readlink "$WORK/tree/slow")" 'GUEST done'
    refuse 'Kernel panic' 'EXT2-fs error'
    cmp <(head -c "$(stat -c %s "$WORK/wanted")" "$WORK/disk") "$WORK/wanted" ||
        fail "the kernel reads other bytes than the files have"
done
