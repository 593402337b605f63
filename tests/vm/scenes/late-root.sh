# shellcheck shell=bash
# rootwait: the disk of the real root is plugged in while linuxrc already waits for it
# (statement 20).
# kernels: stock-6.1 stock-7

linuxrc_tree "$WORK/tree"
legacy_image "$WORK/image" "$WORK/tree"
real_root "$WORK/disk"

mkfifo "$WORK/monitor.in" "$WORK/monitor.out"
: >"$WORK/seen"
(
    for ((i = 0; i < 1500; i++)); do
        if grep -qa 'waiting for root device' "$WORK/seen"; then break; fi
        sleep 0.2
    done
    echo 'device_add virtio-blk-pci,drive=late' >"$WORK/monitor.in"
) &
plugger=$!
exec 5<>"$WORK/monitor.out" # what QEMU answers, which nobody reads
boot_legacy "$WORK/image.gz" --echo --append 'root=/dev/ram0 rw init=/linuxrc real_root=/dev/vda rootwait' -- \
    -drive "if=none,id=late,format=raw,cache=unsafe,file=$WORK/disk" \
    -chardev "pipe,id=monitor,path=$WORK/monitor" -mon chardev=monitor,mode=readline >"$WORK/seen"
kill "$plugger" 2>/dev/null || true
exec 5>&-
expect_in_order 'linuxrc: waiting for root device /dev/vda' 'GUEST init pid=1' 'GUEST root=254:0' 'GUEST done'
refuse 'Kernel panic' 'FAILED' 'going on'
