# shellcheck shell=bash
# Real roots that are no disk of their own: an image file on a disk, attached to a loop device, and a
# jffs2 flash partition by name. The disk of the image file holds a symbolic link that would lead out. And a
# partition by the identity of the one before it, PARTUUID= with PARTNROFF=.
# kernels: classic-7 stock-7

linuxrc_tree "$WORK/tree"
legacy_image "$WORK/image" "$WORK/tree"
real_root "$WORK/root" initrd
mkdir -p "$WORK/host/boot"
cp "$WORK/root" "$WORK/host/boot/root.img"
ln -s /boot/root.img "$WORK/host/link.img"
guest_image "$WORK/disk" "$WORK/host" 16384

if is_stock; then
    mapfile -t modules < <(stock_modules "$KERNEL_DIR")
    make_initramfs "$WORK/initramfs" "$(tool linuxrc)" "$WORK/image.gz" "$KERNEL_DIR" "${modules[@]}" loop
    boot --initrd "$WORK/initramfs" --disk "$WORK/disk" --append 'root=/dev/vda:/link.img ro'
else
    boot_legacy "$WORK/image.gz" --disk "$WORK/disk" \
        --append 'root=/dev/ram0 init=/linuxrc real_root=/dev/vda:/boot/root.img ro'
fi
expect_in_order 'GUEST init pid=1' 'GUEST initrd=full' 'GUEST done'
expect_re 'GUEST root=7:0'
refuse 'Kernel panic' 'FAILED' 'going on'

# partition_entry FIRST SECTORS: of an MBR, type 83, in sectors of 512 bytes.
partition_entry() {
    python3 -c 'import struct, sys
sys.stdout.buffer.write(struct.pack("<8BII", 0, 0, 0, 0, 0x83, 0, 0, 0, *map(int, sys.argv[1:])))' "$@"
}
need python3
sectors=$(($(stat -c %s "$WORK/root") / 512))
{
    head -c 440 /dev/zero
    printf '\x78\x56\x34\x12\0\0'
    partition_entry 2048 2048
    partition_entry 4096 "$sectors"
    head -c 32 /dev/zero
    printf '\x55\xaa'
} >"$WORK/parted"
dd if="$WORK/root" of="$WORK/parted" bs=512 seek=4096 conv=notrunc status=none
words='PARTUUID=12345678-01/PARTNROFF=1'
if is_stock; then
    boot --initrd "$WORK/initramfs" --disk "$WORK/parted" --append "root=$words ro"
else
    boot_legacy "$WORK/image.gz" --disk "$WORK/parted" --append "root=/dev/ram0 init=/linuxrc real_root=$words ro"
fi
expect_in_order 'GUEST init pid=1' 'GUEST initrd=full' 'GUEST done'
expect_re '^GUEST root=254:2 '
refuse 'Kernel panic' 'FAILED' 'going on'

if ! is_stock; then
    boot_legacy "$WORK/image.gz" --disk "$WORK/disk" \
        --append 'root=/dev/ram0 init=/linuxrc real_root=/dev/vda:/boot/missing.img ro linuxrc.onfail=reboot'
    expect 'FAILED: open /boot/missing.img in the root device: No such file or directory'
    need mkfs.jffs2
    mkfs.jffs2 -r "$WORK/root.tree" -e 64KiB -n -o "$WORK/jffs2"
    erased_flash "$WORK/flash" 12M "$WORK/jffs2"
    boot_legacy "$WORK/image.gz" --disk "$WORK/flash" \
        --append 'root=/dev/ram0 init=/linuxrc real_root=mtd:rootfs rw block2mtd.block2mtd=/dev/vda,64KiB,rootfs'
    expect_in_order 'GUEST init pid=1' 'GUEST initrd=full' 'GUEST done'
    expect_re 'GUEST mount: mtd:rootfs / jffs2 rw'
    refuse 'Kernel panic' 'FAILED'
fi
