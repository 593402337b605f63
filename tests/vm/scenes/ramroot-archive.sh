# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# A tar or cpio archive on flash, compressed or not, is unpacked onto a tmpfs that becomes the root. A damaged
# one, one without an init and one that is too large leave it to the next, and the boot counter keeps the
# reason. No boot writes to the flash with the archives. A stock kernel, which boots slowly,
# does the second half with FULL=1 alone.
# kernels: classic classic-7 stock-7

# shellcheck source=tests/vm/ramroot.sh
. "$vm_folder/ramroot.sh"
need python3 cpio grub-editenv
ram_root_initramfs "$WORK/initramfs"
for name in a b; do ram_root_tree "$WORK/$name.tree" "$name"; done
mkdir "$WORK/files"
# pack NAME FILE: the tree, by GNU tar or cpio; what is mounted on /dev brings the device nodes.
pack() {
    local into=$WORK/files/$2
    case $2 in
        *.tar*) tar -C "$WORK/$1.tree" --owner=0 --group=0 -cf "$into.plain" . ;;
        *) (cd "$WORK/$1.tree" && find . | cpio --quiet -o -H newc -R 0:0 >"$into.plain") ;;
    esac
    case $2 in
        *.gz) gzip -9n <"$into.plain" >"$into" ;;
        *) cp "$into.plain" "$into" ;;
    esac
    rm "$into.plain"
    with_sum "$into"
}

# runs_unpacked NAME: init ran on a tmpfs with that archive's files, and the flash is not mounted.
runs_unpacked() {
    expect "GUEST name=$1" 'GUEST done'
    expect_re '^GUEST root=0:[0-9]+ type=tmpfs source=tmpfs$'
    refuse_re '^GUEST mount: (/dev/(vd|root)|[^ ]* /flash )'
    refuse 'FAILED'
}

pack a root.tar.gz
pack b root.cpio.gz
pack b root.cpio
mkdir "$WORK/c.tree"
pack c empty.tar
flash_disk "$WORK/flash" "$WORK/files"
fallback=linuxrc.ramroot.fallback=/dev/vda:/root.cpio.gz

boot_ram_root "linuxrc.ramroot=/dev/vda:/root.tar.gz $fallback" --disk "$WORK/flash"
expect_in_order '/flash/root.tar.gz: its SHA-256 is right' 'left over for the system' 'files unpacked' 'GUEST name=a'
runs_unpacked a
expect_re '^GUEST mount: tmpfs / tmpfs rw'
reported 'not report["degraded"] and report["root"] == "/dev/vda:/root.tar.gz"'
boot_ram_root linuxrc.ramroot=/dev/vda:/root.cpio --disk "$WORK/flash"
runs_unpacked b
# No init in it; the partition itself holds an archive; a read-only root.
boot_ram_root "linuxrc.ramroot=/dev/vda:/empty.tar $fallback" --disk "$WORK/flash"
expect_in_order 'files unpacked' 'going on with the next root' 'files unpacked' 'GUEST name=b'
runs_unpacked b
refuse_re '^GUEST mount: tmpfs /root'
cp "$WORK/files/root.tar.gz" "$WORK/bare"
truncate -s 4M "$WORK/bare"
boot --initrd "$WORK/initramfs" --append 'ro linuxrc.ramroot=/dev/vda' --disk "$WORK/bare"
runs_unpacked a
expect_re '^GUEST mount: tmpfs / tmpfs ro'

# One that is cut short, with the hash of what is left and without any.
head -c -50000 "$WORK/files/root.tar.gz" >"$WORK/files/cut.tar.gz"
head -c -50000 "$WORK/files/root.cpio" >"$WORK/files/cut.cpio"
with_sum "$WORK/files/cut.tar.gz"
flash_disk "$WORK/flash" "$WORK/files"
for name in cut.tar.gz cut.cpio; do
    boot_ram_root "linuxrc.ramroot=/dev/vda:/$name $fallback" --disk "$WORK/flash"
    expect_in_order "/flash/$name" 'truncated' 'going on with the next root' 'GUEST name=b'
    runs_unpacked b
    reported 'report["degraded"] and "truncated" in report["degraded_because"][0]'
done

if is_stock && [[ -z ${FULL-} ]]; then return 0; fi

# 120 MiB do not fit into 256 with 150 left for the system; nor do they into a tmpfs of 100, which only
# unpacking tells.
head -c $((120 << 20)) /dev/urandom >"$WORK/a.tree/large"
pack a large.tar
rm "$WORK/a.tree/large"
flash_disk "$WORK/big" "$WORK/files" $((150 << 10))
boot_ram_root "linuxrc.ramroot=/dev/vda:/large.tar linuxrc.ramroot.reserve=150M $fallback" --disk "$WORK/big"
expect_re 'it takes 12[0-9]{4} KiB of memory, with 153600 KiB left over for the system .* and [0-9]+ KiB are available'
runs_unpacked b
boot_ram_root "linuxrc.ramroot=/dev/vda:/large.tar rootflags=size=100M $fallback" --disk "$WORK/big"
expect_in_order 'unpack /large: No space left on device: the memory for the root is full' \
    'going on with the next root' 'GUEST name=b'
runs_unpacked b

# The first never says that it runs: after two boots it is the second's turn, and the reason is kept.
mkdir -p "$WORK/count/grub"
grub-editenv "$WORK/count/grub/grubenv" create
flash_disk "$WORK/counter" "$WORK/count" 4096
for name in a a b; do
    boot --initrd "$WORK/initramfs" --disk "$WORK/flash" --disk "$WORK/counter" --append \
        "rw linuxrc.ramroot=/dev/vda:/root.tar.gz $fallback linuxrc.env=/dev/vdb:/grub/grubenv linuxrc.tries=2"
    runs_unpacked "$name"
done
debugfs -R "dump /grub/grubenv $WORK/env" "$WORK/counter" &>/dev/null
grub-editenv "$WORK/env" list >"$WORK/list"
grep -qF 'linuxrc_reason=/dev/vda:/root.tar.gz' "$WORK/list" || fail "the reason is not kept: $(<"$WORK/list")"
