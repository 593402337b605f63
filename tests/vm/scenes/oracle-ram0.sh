# shellcheck shell=bash
# The kernel itself loads a gzip'd ext2 image onto /dev/ram0 and runs the image's init there: what
# root=/dev/ram0 has always meant, and nothing but the RAM disk is mounted.
# kernels: classic classic-7

guest_tree "$WORK/tree"
guest_init "$WORK/tree"
guest_image "$WORK/image" "$WORK/tree"
gzip -9n "$WORK/image"

boot --initrd "$WORK/image.gz" --append 'root=/dev/ram0 rw rootfstype=ext2'
expect_in_order 'RAMDISK: gzip image found at block 0' 'VFS: Mounted root (ext2 filesystem)' \
    'GUEST init pid=1' 'GUEST root=1:0 type=ext2' 'GUEST initrd=absent' 'GUEST done'
refuse 'Kernel panic'
