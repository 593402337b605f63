# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# Uppers of the file systems that are made for flash: ubifs on an empty UBI volume, which the driver formats by
# mounting it, and f2fs that the root's own mkfs.f2fs makes on a disk of zeroes. A first boot, and one that finds
# its changes.
# kernels: stock-generic-7

# shellcheck source=tests/vm/overlay.sh
. "$vm_folder/overlay.sh"
need ubinize mkfs.f2fs ldd
overlay_root "$WORK/root" r100
overlay_program "$WORK/root" mkfs.f2fs

# An erase block of 64 KiB and a unit of one byte, as NOR flash has them.
cat >"$WORK/volumes" <<'END'
[rootfs_data]
mode=ubi
vol_id=0
vol_type=dynamic
vol_name=rootfs_data
vol_size=1MiB
vol_flags=autoresize
END
ubinize --output="$WORK/volume" --min-io-size=1 --peb-size=64KiB "$WORK/volumes"
erased_flash "$WORK/flash" 16M "$WORK/volume"

# block2mtd opens the disk by its node. ubifs asks for its compressors when it is loaded, f2fs when it is mounted.
make_initramfs "$WORK/archive" "$(tool linuxrc)" '' "$KERNEL_DIR" virtio_blk squashfs overlay \
    'block2mtd block2mtd=/dev/vdb,64KiB,flash' ubi zstd deflate ubifs f2fs
{
    cpio_begin
    cpio_folder dev
    cpio_member dev/vdb 0060600 0 254 16
    cpio_end
} >"$WORK/node"
cat "$WORK/node" "$WORK/archive" >"$WORK/initramfs"

words='linuxrc.overlay=ubi0:rootfs_data ubi.mtd=flash'
boot_overlay "$words do=write" --disk "$WORK/flash"
expect 'GUEST state=2' 'GUEST /etc/changed=absent'
expect_re 'GUEST mount: ubi0:rootfs_data /overlay ubifs rw,noatime'
refuse 'going on' 'gone with the next boot'
boot_overlay "$words" --disk "$WORK/flash"
expect 'GUEST /etc/changed=kept' 'GUEST /etc/delivered=absent' 'GUEST can write'
refuse 'going on'

truncate -s 64M "$WORK/f2fs"
words='linuxrc.overlay=/dev/vdc:f2fs linuxrc.overlay.format=f2fs'
boot_overlay "$words do=write" --disk "$WORK/flash" --disk "$WORK/f2fs"
expect 'GUEST state=2' 'GUEST /etc/changed=absent'
expect_re 'GUEST mount: /dev/vdc /overlay f2fs rw,.*noatime'
refuse 'going on' 'gone with the next boot'
boot_overlay "$words" --disk "$WORK/flash" --disk "$WORK/f2fs"
expect 'GUEST /etc/changed=kept' 'GUEST /etc/delivered=absent' 'GUEST can write'
refuse 'going on'
