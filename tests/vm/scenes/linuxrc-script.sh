# shellcheck shell=bash
# An unmodified legacy image with a shell script as /linuxrc, and a real root without /initrd: the
# memory of the RAM disk comes back. 95 % of the image at least, the page cache dropped on both
# sides: by unloading brd where that is a module, by discard from Linux 6.10.
# kernels: stock-6.1 stock-6.12 stock-7

guest_tree "$WORK/tree"
cat >"$WORK/tree/linuxrc" <<'EOF'
#!/bin/sh
echo "GUEST linuxrc arg0=$0"
memory linuxrc
umount /proc
EOF

chmod 755 "$WORK/tree/linuxrc"
# Bytes that no page of zeros and no compression makes cheap.
image_kib=32768
head -c 30M /dev/urandom >"$WORK/tree/ballast"
legacy_image "$WORK/image" "$WORK/tree" $image_kib
real_root "$WORK/without"

boot_legacy "$WORK/image.gz" --disk "$WORK/without" --append 'root=/dev/vda ro'
expect_in_order 'GUEST linuxrc' 'Unmounting old root' 'Trying to free ramdisk memory ... okay' \
    'GUEST init pid=1' 'GUEST initrd=absent' 'GUEST done'
before=$(memory_of linuxrc)
after=$(memory_of init)
echo "Free memory: $before KiB with the RAM disk, $after KiB without it, the image has $image_kib KiB"
((after - before >= image_kib * 95 / 100)) || fail "free memory grew by $((after - before)) KiB only"
