# shellcheck shell=bash
# Distribution kernels build the RAM disk driver as a module: the image that a classic kernel runs
# from ends in a panic there. This is what the project mends.
# kernels: stock-6.1 stock-6.12 stock-7

guest_tree "$WORK/tree"
guest_init "$WORK/tree"
guest_image "$WORK/image" "$WORK/tree"
gzip -9n "$WORK/image"

boot --initrd "$WORK/image.gz" --append 'root=/dev/ram0 rw'
expect_in_order 'VFS: Cannot open root device' 'Kernel panic - not syncing: VFS: Unable to mount root fs'
refuse 'GUEST'
