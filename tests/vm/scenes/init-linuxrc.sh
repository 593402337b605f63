# shellcheck shell=bash
# init=/linuxrc: PID 1 on the RAM disk mounts the real root itself and pivots. With /initrd on the real
# root the old one is moved there; without it is unmounted and its memory freed, or said to stay taken
# (statement 23).
# kernels: classic classic-7 stock-6.1 stock-6.12 stock-7

linuxrc_tree "$WORK/tree"
cat >"$WORK/tree/measure" <<'EOF'
#!/bin/sh
memory before
umount /proc
exec /linuxrc "$@"
EOF
chmod 755 "$WORK/tree/measure"
image_kib=40960
head -c 37M /dev/urandom >"$WORK/tree/ballast"
legacy_image "$WORK/image" "$WORK/tree" $image_kib
real_root "$WORK/with" initrd
real_root "$WORK/without"
words='root=/dev/ram0 rw rootfstype=ext2 real_rootfstype=ext4,ext2 real_root=/dev/vda ramdisk_size=40960'

boot_legacy "$WORK/image.gz" --disk "$WORK/with" --append "$words init=/linuxrc -- one"
expect_in_order 'linuxrc: started as init=/linuxrc, PID 1 on the RAM disk' \
    'Trying to move old root to /initrd ... okay' 'linuxrc: executing /sbin/init' \
    'GUEST init pid=1' 'GUEST arg: /sbin/init' 'GUEST arg: one' 'GUEST root=254:0' \
    'GUEST initrd=full' 'GUEST done'
expect_re 'GUEST mount: [^ ]+ /initrd ext[24] '
refuse_re 'GUEST mount: [^ ]+ /initrd/'
refuse 'Kernel panic' 'FAILED' 'going on'

# A read-only real root without any directory of its own for the old root.
boot_legacy "$WORK/image.gz" --disk "$WORK/without" --append "$words ro init=/measure"
expect_in_order 'linuxrc: started as init=/linuxrc' '/initrd does not exist. Ignored.' \
    'Unmounting old root' 'Trying to free ramdisk memory ...' 'GUEST init pid=1' 'GUEST initrd=absent' \
    'GUEST done'
refuse_re 'GUEST mount: [^ ]+ /(initrd|mnt)'
refuse 'Kernel panic' 'FAILED' 'is busy' 'going on'
grown=$(($(memory_of init) - $(memory_of before)))
echo "Free memory grew by $grown KiB, the image has $image_kib KiB"
if [[ $KERNEL == classic ]]; then
    expect 'its memory stays taken' 'brd is built in and has no discard before Linux 6.10'
    ((grown < image_kib / 2)) || fail "the memory was said to stay taken, but it grew by $grown KiB"
else
    expect 'Trying to free ramdisk memory ... okay'
    ((grown >= image_kib * 95 / 100)) || fail "free memory grew by $grown KiB only"
fi
