# shellcheck shell=bash
# While linuxrc loads a large image it tells how far it is, on the console and in the kernel's log, which loglevel=8
# shows here with its time stamps. A small image is loaded without.
# kernels: stock-6.1 stock-7

guest_tree "$WORK/tree"
guest_init "$WORK/tree"
legacy_image "$WORK/small" "$WORK/tree" 8192
head -c 20M /dev/urandom >"$WORK/tree/ballast"
legacy_image "$WORK/large" "$WORK/tree" 24576

wrap_image "$WORK/initramfs" "$WORK/large.gz" --cmdline 'root=/dev/ram0 rw'
boot --initrd "$WORK/initramfs" --append 'root=/dev/ram0 rw loglevel=8 ramdisk_size=24576'
expect_in_order 'RAMDISK: gzip image found at block 0' 'linuxrc: loading: 25 of 100, 6' \
    'linuxrc: loading: 50 of 100, 12' 'linuxrc: loading: 75 of 100, 18' 'GUEST init pid=1' 'GUEST done'
for line in 'RAMDISK: gzip image found at block 0' 'loading: 25 of 100' 'loading: 50 of 100' 'loading: 75 of 100'; do
    expect_re "^\[ *[0-9]+\.[0-9]+\] linuxrc: $line"
done

wrap_image "$WORK/initramfs" "$WORK/small.gz" --cmdline 'root=/dev/ram0 rw'
boot --initrd "$WORK/initramfs" --append 'root=/dev/ram0 rw loglevel=8 ramdisk_size=24576'
expect_in_order 'RAMDISK: gzip image found at block 0' 'GUEST init pid=1' 'GUEST done'
refuse 'loading: '
