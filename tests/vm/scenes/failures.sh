# shellcheck shell=bash
# What cannot boot says so and never ends in a kernel panic: a real root that is missing, a real root
# without init, an image too big for the RAM disk, an image that is cut off.
# kernels: classic classic-7 stock-6.1 stock-7

linuxrc_tree "$WORK/tree"
legacy_image "$WORK/image" "$WORK/tree"
real_root "$WORK/disk"
waiting='linuxrc: the boot cannot go on'

# failing WORDS DISK...: boots until linuxrc has given up.
failing() {
    local words=$1
    shift
    boot_legacy "$WORK/image.gz" --append "$words" --until "$waiting" "$@"
    refuse 'Kernel panic' 'GUEST init'
}

pid1='root=/dev/ram0 rw init=/linuxrc'
failing "$pid1 real_root=/dev/nosuch rootwait=1" --disk "$WORK/disk"
expect_in_order 'the block devices that exist' 'vda' \
    'FAILED: find root /dev/nosuch: no such device after 1 s' 'the boot cannot go on: starting /bin/sh'

failing "$pid1 real_root=/dev/vda real_init=/sbin/nosuch" --disk "$WORK/disk"
expect_in_order 'FAILED: requested init /sbin/nosuch: No such file or directory' \
    'the boot cannot go on: starting /bin/sh'

failing "$pid1 real_root=/dev/vda real_rootfstype=squashfs" --disk "$WORK/disk"
# Debian's kernels have squashfs as a module, which nobody has asked for.
expect_re 'FAILED: mount root /dev/vda \(254:0\) on /root as squashfs( \(not in this kernel\))?: (Invalid argument|No such device)'

rm "$WORK/disk.tree/sbin/init" "$WORK/disk.tree/bin/sh"
guest_image "$WORK/bare" "$WORK/disk.tree"
failing "$pid1 real_root=/dev/vda" --disk "$WORK/bare"
expect_in_order 'FAILED: no working init found in /mnt/root: /sbin/init: No such file or directory' \
    'the boot cannot go on: starting /bin/sh'

