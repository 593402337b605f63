# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# OpenWrt's extroot: an upper on another disk, named by its label, takes the place of the first one. It records
# the root's UUID as OpenWrt writes it, and is refused, untouched, by another root. With FULL=1 also by UUID, by
# path, and missing.
# kernels: stock-7

# shellcheck source=tests/vm/overlay.sh
. "$vm_folder/overlay.sh"
need debugfs md5sum
overlay_root "$WORK/root" r100
overlay_initramfs "$WORK/initramfs"
mke2fs -qF -t ext4 -m 0 "$WORK/upper" 8M >/dev/null
mke2fs -qF -t ext4 -m 0 -L extroot "$WORK/extroot" 8M >/dev/null
disks=(--disk "$WORK/upper" --disk "$WORK/extroot")
words='linuxrc.overlay=/dev/vdb linuxrc.overlay.extroot'

boot_overlay "$words=LABEL=extroot do=write" "${disks[@]}"
expect 'GUEST state=2' 'GUEST /etc/changed=absent'
expect_re 'GUEST mount: [^ ]* /overlay ext4 rw,noatime'
refuse 'going on' 'not used'
# OpenWrt's libblkid-tiny: four bytes of the superblock's MD5, the last first.
sum=$(head -c 96 "$WORK/root" | md5sum)
recorded=$(debugfs -R 'cat /etc/.extroot-uuid' "$WORK/extroot" 2>/dev/null)
[[ $recorded == "${sum:6:2}${sum:4:2}-${sum:2:2}${sum:0:2}" ]] || fail "the extroot records \"$recorded\", of $sum"

# Another root.
overlay_root "$WORK/next" r101
mv "$WORK/root" "$WORK/first"
mv "$WORK/next" "$WORK/root"
cp "$WORK/extroot" "$WORK/extroot.before"
boot_overlay "$words=LABEL=extroot" "${disks[@]}"
expect "belongs to the root $recorded" 'the extroot is not used' 'GUEST /etc/changed=absent' 'GUEST lower=build:r101' \
    'GUEST can write'
expect_re 'GUEST mount: /dev/vdb /overlay ext4 rw,noatime'
for file in /etc/.extroot-uuid /upper/etc/changed; do
    [[ $(debugfs -R "cat $file" "$WORK/extroot" 2>/dev/null) == "$(debugfs -R "cat $file" "$WORK/extroot.before" 2>/dev/null)" ]] ||
        fail "$file of another root's extroot has changed"
done
[[ -n ${FULL-} ]] || return 0

mv "$WORK/first" "$WORK/root"
for name in "UUID=$(blkid -o value -s UUID "$WORK/extroot")" /dev/vdc:ext4; do
    boot_overlay "$words=$name" "${disks[@]}"
    expect 'GUEST /etc/changed=kept' 'GUEST lower=build:r100' 'GUEST can write'
    refuse 'going on' 'not used'
done
boot_overlay "$words=LABEL=extroot" --disk "$WORK/upper"
expect 'the extroot LABEL=extroot is absent' 'the extroot is not used' 'GUEST can write'
expect_re 'GUEST mount: /dev/vdb /overlay ext4 rw,noatime'
