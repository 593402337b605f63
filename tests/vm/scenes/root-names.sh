# shellcheck shell=bash
# Roots by UUID=, LABEL=, PARTUUID= and PARTLABEL=, of a GPT: ext2, ext4 and squashfs, which has none of its own.
# Each label is a partition's name elsewhere, each UUID an identity of another partition, and systems that
# boot stand before and behind. For /linuxrc that the kernel runs, init=/linuxrc and /init. Two more with FULL=1.
# kernels: classic classic-7 stock-7

need sfdisk mksquashfs
uuids=('' 11111111-2222-4333-8444-55555555aaaa 0f1e2d3c-4b5a-4678-9abc-def012345678 \
    76543210-fedc-4ba9-8876-5a4b3c2d1e0f dddddddd-2222-4333-8444-55555555dddd)
guest_tree "$WORK/tree"
guest_init "$WORK/tree"
guest_image "$WORK/system" "$WORK/tree" 6144

# partition NUMBER FEATURES LABEL UUID: the system, with the journal that makes it ext4, or without.
partition() {
    local file=$WORK/part-$1
    cp "$WORK/system" "$file"
    tune2fs -O "$2" -L "$3" -U "$4" "$file" &>"$WORK/tune.log" || fail "tune2fs: $(<"$WORK/tune.log")"
}
partition 1 ^has_journal other "${uuids[1]}"
partition 2 ^has_journal alpha "${uuids[2]}"
partition 3 has_journal,extents beta "${uuids[3]}"
mksquashfs "$WORK/tree" "$WORK/part-4" -quiet -no-progress -all-root -comp gzip \
    -p 'dev/console c 600 0 0 5 1' >/dev/null
partition 5 ^has_journal last dddddddd-0000-4333-8444-55555555dddd

truncate -s 42M "$WORK/disk"
sfdisk -q "$WORK/disk" <<END || fail "sfdisk failed"
label: gpt
size=8M, name=first, uuid=11111111-0000-4333-8444-55555555aaaa
size=8M, name=beta, uuid=${uuids[3]}
size=8M, name=alpha, uuid=${uuids[2]}
size=8M, name=packed, uuid=${uuids[4]}
size=8M, name=end, uuid=${uuids[1]}
END
for number in 1 2 3 4 5; do
    dd if="$WORK/part-$number" of="$WORK/disk" bs=1M seek=$((number * 8 - 7)) conv=notrunc status=none
done

if is_stock; then
    mapfile -t modules < <(stock_modules "$KERNEL_DIR")
    make_initramfs "$WORK/initramfs" "$(tool linuxrc)" '' "$KERNEL_DIR" "${modules[@]}"
else
    linuxrc_tree "$WORK/image.tree"
    legacy_image "$WORK/image" "$WORK/image.tree"
fi

# try NAME PARTITION TYPE: boots with the root of that name.
try() {
    case $KERNEL in
        classic) boot --initrd "$WORK/image.gz" --disk "$WORK/disk" --append "root=$1 ro" ;;
        classic-*) boot --initrd "$WORK/image.gz" --disk "$WORK/disk" \
            --append "root=/dev/ram0 init=/linuxrc real_root=$1 ro" ;;
        *) boot --initrd "$WORK/initramfs" --disk "$WORK/disk" --append "root=$1 ro" ;;
    esac
    expect_in_order 'linuxrc: started as' 'GUEST init pid=1' 'GUEST done'
    expect_re "^GUEST root=254:$2 type=$3 "
    refuse 'Kernel panic' 'FAILED' 'going on'
}

try "UUID=${uuids[3]}" 3 ext4
try LABEL=alpha 2 'ext[24]'
try PARTLABEL=packed 4 squashfs
try "PARTUUID=$(tr a-f A-F <<<"${uuids[3]}")" 2 'ext[24]'
[[ -n ${FULL-} ]] || return 0
try PARTLABEL=alpha 3 ext4
try LABEL=beta 3 ext4
