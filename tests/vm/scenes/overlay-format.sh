# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# A disk of zeroes becomes the upper by the root's own mkfs.ext4, because a word asks for it; one that holds a
# single byte, far from its beginning, is left alone. With FULL=1 also a disk of ones, and without that word or
# that program.
# kernels: stock-7

# shellcheck source=tests/vm/overlay.sh
. "$vm_folder/overlay.sh"
need mke2fs ldd
overlay_root "$WORK/root" r100
cp "$WORK/root" "$WORK/without"
overlay_program "$WORK/root" mke2fs mkfs.ext4
overlay_initramfs "$WORK/initramfs"
words='linuxrc.overlay=/dev/vdb linuxrc.overlay.format=ext4'

truncate -s 16M "$WORK/blank"
boot_overlay "$words do=write" --disk "$WORK/blank"
expect 'GUEST state=2' 'GUEST lower=build:r100'
expect_re 'GUEST mount: /dev/vdb /overlay ext4 rw,noatime'
refuse 'going on' 'gone with the next boot'
boot_overlay "$words" --disk "$WORK/blank"
expect 'GUEST /etc/changed=kept' 'GUEST can write'
refuse 'going on'
e2fsck -fn "$WORK/blank" >/dev/null || fail "e2fsck finds faults in what was formatted"

truncate -s 16M "$WORK/used"
printf x | dd of="$WORK/used" bs=1 seek=$((16 * 1024 * 1024 - 1000)) conv=notrunc status=none
cp "$WORK/used" "$WORK/used.before"
boot_overlay "$words" --disk "$WORK/used"
expect 'the upper holds something at byte 16776216' 'gone with the next boot' 'GUEST can write'
cmp "$WORK/used" "$WORK/used.before" || fail "a disk that is not blank was written to"
[[ -n ${FULL-} ]] || return 0

erased_flash "$WORK/ones" 16M
boot_overlay "$words" --disk "$WORK/ones"
expect 'GUEST state=2' 'GUEST can write'
truncate -s 0 "$WORK/blank"
truncate -s 16M "$WORK/blank"
boot_overlay 'linuxrc.overlay=/dev/vdb' --disk "$WORK/blank"
expect 'the upper is unformatted: left alone' 'gone with the next boot'
mv "$WORK/without" "$WORK/root"
boot_overlay "$words" --disk "$WORK/blank"
expect 'the root has no mkfs.ext4 that can be executed' 'gone with the next boot' 'GUEST can write'
