# shellcheck shell=bash
# A root on UBI: a disk passes for flash (block2mtd) and is attached by the words of the command line, which
# linuxrc hands to the modules. Without an image, and with an old one whose root is then at /initrd. With FULL=1
# also a volume that is not there, and jffs2 by the partition's name.
# kernels: stock-generic-7

need mkfs.ubifs ubinize
linuxrc_tree "$WORK/tree"
legacy_image "$WORK/image" "$WORK/tree"
real_root "$WORK/root" initrd run

# An erase block of 64 KiB and a unit of one byte, as NOR flash has them: 128 bytes go for UBI's headers.
mkfs.ubifs --root="$WORK/root.tree" --min-io-size=1 --leb-size=65408 --max-leb-cnt=240 \
    --squash-uids --output="$WORK/ubifs"
cat >"$WORK/volumes" <<END
[rootfs]
mode=ubi
image=$WORK/ubifs
vol_id=0
vol_type=dynamic
vol_name=rootfs
vol_flags=autoresize
END
ubinize --output="$WORK/volume" --min-io-size=1 --peb-size=64KiB "$WORK/volumes"
# Erased flash is all ones.
erased_flash "$WORK/flash" 16M "$WORK/volume"

# block2mtd opens the disk by its node, which the initramfs therefore brings along. ubifs asks for its
# compressors when it is loaded, and nobody else would load them.
modules=(virtio_blk 'block2mtd block2mtd=/dev/vda,64KiB,flash')
ubifs=(ubi zstd deflate ubifs)
with_node() {
    cpio_begin
    cpio_folder dev
    cpio_member dev/vda 0060600 0 254 0
    cpio_end
}

# boot_flash IMAGE WORDS MODULE...
boot_flash() {
    local image=$1 words=$2
    shift 2
    make_initramfs "$WORK/archive" "$(tool linuxrc)" "$image" "$KERNEL_DIR" "${modules[@]}" "$@"
    cat <(with_node) "$WORK/archive" >"$WORK/initramfs"
    boot --initrd "$WORK/initramfs" --disk "$WORK/flash" --append "$words"
    refuse 'Kernel panic'
}

boot_flash '' 'root=ubi0:rootfs ubi.mtd=flash rw' "${ubifs[@]}"
expect_in_order 'GUEST init pid=1' 'GUEST root=' 'GUEST done'
expect_re 'GUEST mount: ubi0:rootfs / ubifs rw'
refuse 'FAILED' 'going on'

boot_flash "$WORK/image.gz" 'root=ubi:rootfs ubi.mtd=flash ro' brd ext4 "${ubifs[@]}"
expect_in_order 'this root has no number to tell the kernel' 'GUEST init pid=1' 'GUEST initrd=full' 'GUEST done'
expect_re 'GUEST mount: ubi:rootfs / ubifs ro'
refuse 'FAILED'

[[ -n ${FULL-} ]] || return 0

boot_flash '' 'root=ubi0:other ubi.mtd=flash ro linuxrc.onfail=reboot panic=1' "${ubifs[@]}"
expect 'FAILED: mount root ubi0:other on /root as ubifs: No such device'

need mkfs.jffs2
mkfs.jffs2 -r "$WORK/root.tree" -e 64KiB -n -o "$WORK/jffs2"
erased_flash "$WORK/flash" 16M "$WORK/jffs2"
boot_flash '' 'root=mtd:flash ro' jffs2
expect_in_order 'GUEST init pid=1' 'GUEST done'
expect_re 'GUEST mount: mtd:flash / jffs2 ro'
