# shellcheck shell=bash
# Kernels without the RAM disk driver: a loop device over tmpfs, or zram, is /dev/ram0. root=/dev/ram0, 0x100
# and echo 0x100 >real-root-dev mean it; the image's own linuxrc, as init= or as /linuxrc, finds itself on it; and its
# memory comes back, of a loop device by unmounting it. The images for zram have blocks of 4 KiB, as its sectors.
# One of the two on each kernel by SEED, both with FULL=1.
# kernels: stock-6.1 stock-7

image_kib=16384
guest_tree "$WORK/tree"
guest_init "$WORK/tree"
# Bytes that no page of zeros and no compression makes cheap.
head -c 14M /dev/urandom >"$WORK/tree/ballast"
cat >"$WORK/tree/linuxrc" <<'END'
#!/bin/sh
echo "GUEST linuxrc arg0=$0"
mount -t proc proc /proc
read -r words </proc/cmdline
case $words in *stay*) echo 0x100 >/proc/sys/kernel/real-root-dev ;; esac
while read -r line; do echo "GUEST linuxrc mount: $line"; done </proc/mounts
memory linuxrc
umount /proc
END
chmod 755 "$WORK/tree/linuxrc"
# image NAME: NAME.1 with blocks of 1 KiB and NAME.4 of 4 KiB, compressed.
image() {
    local kib
    for kib in 1 4; do
        "$(tool mkramdisk)" -s "${2}k" -b $((kib * 1024)) -U -D "$WORK/tree.table" -o "$WORK/$1.$kib" "$WORK/tree" ||
            fail "mkramdisk failed"
        gzip -1n "$WORK/$1.$kib"
    done
}
image image $image_kib
real_root "$WORK/without"
real_root "$WORK/with" initrd
# The image whose /linuxrc is the project's own.
rm "$WORK/tree/linuxrc" "$WORK/tree/ballast"
linuxrc_tree "$WORK/tree"
image own 4096

drivers=(loop zram)
turn=${SEED:-1}
if [[ $KERNEL == stock-7 ]]; then turn=$((turn + 1)); fi
if [[ -z ${FULL-} ]]; then drivers=("${drivers[turn % 2]}"); fi
for driver in "${drivers[@]}"; do
    left_out=(--leave-out brd)
    blocks=1 major=7
    if [[ $driver == zram ]]; then
        left_out+=(--leave-out loop)
        blocks=4 major='2[0-9][0-9]'
        status=0
        "$(tool mkramdisk)" --wrap "$WORK/image.1.gz" -o "$WORK/none" --modules "$KERNEL_DIR" "${left_out[@]}" \
            2>"$WORK/wrap.log" || status=$?
        ((status == 3)) || fail "blocks of 1 KiB on zram: exit $status, not 3"
        grep -q 'zram has sectors of 4 KiB' "$WORK/wrap.log" || fail "blocks of 1 KiB: $(<"$WORK/wrap.log")"
    fi
    wrap_image "$WORK/initramfs" "$WORK/image.$blocks.gz" "${left_out[@]}"
    grep -q "^modules, in this order:.* $driver" "$WORK/wrap.log" || fail "no $driver: $(<"$WORK/wrap.log")"
    stands="stands for it"

    # The system runs on it.
    for root in /dev/ram0 0x100; do
        boot --timeout 240 --initrd "$WORK/initramfs" --append "root=$root rw"
        expect_in_order "$stands" 'RAMDISK: gzip image found at block 0' 'GUEST init pid=1' 'GUEST done'
        expect_re "GUEST root=$major:0"
        refuse 'FAILED' 'going on' 'Kernel panic'
    done

    # A script before a disk without /initrd: the memory is free afterwards.
    boot --timeout 240 --initrd "$WORK/initramfs" --disk "$WORK/without" --append 'root=/dev/vda ro'
    expect_in_order "$stands" 'GUEST linuxrc arg0' 'Unmounting old root' \
        'Trying to free ramdisk memory ... okay' 'GUEST init pid=1' 'source=/dev/vda' 'GUEST done'
    expect_re 'GUEST linuxrc mount: /dev/ram0 / ext'
    refuse 'FAILED' 'going on' 'Kernel panic'
    before=$(memory_of linuxrc)
    after=$(memory_of init)
    echo "$driver: free memory $before KiB with the image of $image_kib KiB, $after KiB without it"
    ((after - before >= image_kib * 85 / 100)) || fail "$driver: only $((after - before)) KiB came back"

    # It asks to stay where it is.
    boot --timeout 240 --initrd "$WORK/initramfs" --disk "$WORK/without" --append 'root=/dev/vda ro stay'
    expect_in_order "$stands" 'GUEST linuxrc arg0' 'GUEST init pid=1' 'GUEST done'
    expect_re "GUEST root=$major:0"

    # The project's linuxrc on the image: PID 1 that pivots, and the kernel's child.
    wrap_image "$WORK/initramfs" "$WORK/own.$blocks.gz" "${left_out[@]}"
    boot --timeout 240 --initrd "$WORK/initramfs" --disk "$WORK/without" \
        --append 'root=/dev/ram0 rw init=/linuxrc real_root=/dev/vda'
    expect_in_order "$stands" 'linuxrc: started as init=/linuxrc, PID 1 on the RAM disk' \
        'Trying to free ramdisk memory ... okay' 'GUEST init pid=1' 'source=/dev/vda' 'GUEST done'
    refuse 'FAILED' 'Kernel panic'
    boot --timeout 240 --initrd "$WORK/initramfs" --disk "$WORK/with" --append 'root=/dev/vda ro'
    expect_in_order "$stands" 'linuxrc: started as /linuxrc, run by the kernel' 'GUEST init pid=1' \
        'GUEST initrd=full' 'GUEST done'
    refuse 'FAILED' 'Kernel panic'
done
