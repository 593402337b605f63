# shellcheck shell=bash
# Words of old command lines, with a wrapped image, each honoured or answered: ramdisk_start= where the image
# lies behind other bytes, ramdisk_size= of exactly the image and of less, noinitrd with a disk as root,
# load_ramdisk= and prompt_ramdisk= where there is an image. (Where there is none: scene floppy-root.)
# kernels: classic-7 stock-7

guest_tree "$WORK/tree"
guest_init "$WORK/tree"
legacy_image "$WORK/image" "$WORK/tree"
real_root "$WORK/disk"

# As on a floppy: something else first, the image from block 512 on.
{ head -c 512k /dev/urandom && cat "$WORK/image.gz"; } >"$WORK/floppy"
wrap_image "$WORK/initramfs" "$WORK/floppy" --start 512
boot --initrd "$WORK/initramfs" --append 'root=/dev/ram0 rw ramdisk_start=512 load_ramdisk=1 prompt_ramdisk=0'
expect_in_order 'load_ramdisk= and prompt_ramdisk= mean a root=/dev/fd0 without an initrd: ignored' \
    'RAMDISK: gzip image found at block 512' 'GUEST root=1:0' 'GUEST done'

wrap_image "$WORK/initramfs" "$WORK/image.gz"
boot --initrd "$WORK/initramfs" --append 'root=/dev/ram0 rw ramdisk_size=4096'
expect_in_order 'RAMDISK: gzip image found at block 0' 'GUEST root=1:0' 'GUEST done'
refuse 'load_ramdisk='
boot --initrd "$WORK/initramfs" --append 'root=/dev/ram0 rw ramdisk_size=2048' --until 'the boot cannot go on'
expect 'image too big! (4096KiB/2048KiB)'

boot --initrd "$WORK/initramfs" --disk "$WORK/disk" --append 'root=/dev/vda ro noinitrd'
expect_in_order 'linuxrc: started as /init of an initramfs' 'noinitrd: the image is not loaded' 'GUEST root=254:0' 'GUEST done'
refuse 'RAMDISK: gzip image'
