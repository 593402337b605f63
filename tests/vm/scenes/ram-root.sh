# shellcheck shell=bash
# root=/dev/ram0: the image's own init runs in RAM, and nothing else is mounted. The stock kernels
# get there through linuxrc as /init (statement 25).
# kernels: classic classic-7 stock-6.1 stock-6.12 stock-7

guest_tree "$WORK/tree"
guest_init "$WORK/tree"
legacy_image "$WORK/image" "$WORK/tree"

boot_legacy "$WORK/image.gz" --append 'root=/dev/ram0 rw rootfstype=ext2 -- one two'
expect_in_order 'RAMDISK: gzip image found at block 0' \
    'GUEST init pid=1' 'GUEST arg: /sbin/init' 'GUEST arg: one' 'GUEST arg: two' \
    'GUEST root=1:0 type=ext2' 'GUEST initrd=absent' 'GUEST done'
expect_re 'GUEST mount: /dev/(root|ram0) / ext2 rw'
refuse 'Kernel panic' 'FAILED' 'going on'
