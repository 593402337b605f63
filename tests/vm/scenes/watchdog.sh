# shellcheck shell=bash
# linuxrc.watchdog=4: fed while a root comes later than that; running on under init, whom nothing but feeding
# it saves; not fed when the boot cannot go on, so that it resets the machine. The timer of classic is the
# kernel's own; that of stock-7 is a device of the machine, whose driver is a module that linuxrc loads.
# kernels: classic stock-7

real_root "$WORK/disk" initrd
for name in idle feeds; do
    printf '#!/bin/sh\nPATH=/bin:/sbin\necho "GUEST %s"\n' $name >"$WORK/disk.tree/sbin/$name"
    chmod 755 "$WORK/disk.tree/sbin/$name"
done
cat >>"$WORK/disk.tree/sbin/idle" <<'END'
sleep 20
echo "GUEST lives"
poweroff
END
# The letter V stops it.
cat >>"$WORK/disk.tree/sbin/feeds" <<'END'
mount -t tmpfs tmpfs /tmp
mknod /tmp/watchdog c 10 130
exec 3>/tmp/watchdog
for second in 1 2 3 4 5 6; do
    sleep 1
    echo >&3
done
echo "GUEST lives"
echo V >&3
sleep 0.5
poweroff
END
guest_image "$WORK/disk" "$WORK/disk.tree" 8192

modules=() machine=()
if is_stock; then
    mapfile -t modules < <(stock_modules "$KERNEL_DIR")
    modules=("$KERNEL_DIR" "${modules[@]}" i6300esb)
    machine=(-device i6300esb)
fi
make_initramfs "$WORK/initramfs" "$(tool linuxrc)" '' ${modules[@]+"${modules[@]}"}

# watched ROOT INIT WORDS: boots with ROOT, of which INIT is executed.
watched() {
    local initrd=$WORK/initramfs words="root=$1 init=$2"
    if [[ -e $WORK/image.gz ]]; then
        initrd=$WORK/image.gz
        words="root=/dev/ram0 init=/linuxrc real_root=$1 real_init=$2"
    fi
    boot --initrd "$initrd" --disk "$WORK/disk" --append "$words linuxrc.watchdog=4 $3" \
        -- ${machine[@]+"${machine[@]}"}
    expect 'linuxrc: the watchdog is running and fed until init is executed'
    refuse 'Kernel panic' 'Oops'
}
# bitten TEXT: the timer ended the machine, after TEXT and not before.
bitten() {
    expect "$1"
    refuse 'GUEST lives' 'Power down' 'reboot: Restarting'
    is_stock || expect_in_order "$1" 'softdog: Initiating system reboot'
}

watched /dev/vda /sbin/feeds rootdelay=6
expect_in_order 'waiting 6 s (rootdelay=)' 'linuxrc: executing /sbin/feeds' 'GUEST feeds' 'GUEST lives' 'Power down'

# On classic as PID 1 of the RAM disk, which goes on from memory.
if ! is_stock; then
    linuxrc_tree "$WORK/tree"
    legacy_image "$WORK/image" "$WORK/tree"
fi
watched /dev/vda /sbin/idle ''
bitten 'GUEST idle'
watched /dev/nosuch /sbin/idle 'rootwait=6 linuxrc.onfail=wait'
expect_in_order 'FAILED: find root /dev/nosuch: no such device after 6 s' \
    'the watchdog is not fed any more and will reset the machine' 'waiting; reset the machine'
bitten 'waiting; reset the machine'

# Nor does it stop when linuxrc ends and the kernel goes on.
if ! is_stock && [[ -n ${FULL-} ]]; then
    boot --initrd "$WORK/image.gz" --disk "$WORK/disk" --append 'root=/dev/vda init=/sbin/idle linuxrc.watchdog=4'
    expect_in_order 'linuxrc: started as /linuxrc, run by the kernel' 'the watchdog is running'
    bitten 'GUEST idle'
fi
