# shellcheck shell=bash
# No /dev/console in the image, nor on the root: linuxrc speaks and init has a console all the same. And no console
# at all, as on a board without a serial line: the kernel's log has what linuxrc says.
# kernels: classic classic-7 stock-7

linuxrc_tree "$WORK/tree"
rmdir "$WORK/tree/dev"
: >"$WORK/tree.table"
legacy_image "$WORK/image" "$WORK/tree"
guest_tree "$WORK/root"
rmdir "$WORK/root/dev"
rm "$WORK/root.table"
guest_init "$WORK/root"
# For the machine without a console.
cat >"$WORK/root/sbin/logs" <<'END'
#!/bin/sh
/bin/mount -t tmpfs tmpfs /tmp
/bin/mknod /tmp/kmsg c 1 11
exec >/tmp/kmsg 2>&1
exec /sbin/init
END
chmod 755 "$WORK/root/sbin/logs"
guest_image "$WORK/disk" "$WORK/root" 6144

# bare ROOT INIT WORDS [OPTION...]: on a / that nothing can be made on.
bare() {
    local words="root=/dev/ram0 init=/linuxrc real_root=$1 real_init=$2 ro $3"
    boot_legacy "$WORK/image.gz" --disk "$WORK/disk" --append "$words" "${@:4}"
    refuse 'Kernel panic'
}

bare /dev/vda /sbin/init ''
expect_in_order 'linuxrc: started as' 'linuxrc: executing /sbin/init' 'GUEST init pid=1' 'GUEST done'
refuse 'FAILED'
# No driver for the serial line: what is seen is the kernel's own log. It takes ten lines in five seconds from whoever
# has it open and drops the others, but for init's, which are many, there is a word.
silent='8250.nr_uarts=0 earlycon=uart8250,io,0x3f8,115200 keep_bootcon'
bare /dev/vda /sbin/logs "$silent printk.devkmsg=on"
expect_in_order 'unable to open an initial console' 'linuxrc: there is no console: messages are in the kernel' \
    'linuxrc: started as' 'linuxrc: executing /sbin/logs' 'GUEST init pid=1' 'GUEST done'
bare /dev/nosuch /sbin/init "$silent rootwait=1 linuxrc.onfail=reboot panic=1"
expect_in_order 'linuxrc: there is no console' 'linuxrc: FAILED: find root /dev/nosuch' \
    'the boot cannot go on: rebooting in 1 s'
# A shell would read the end of its input again and again.
bare /dev/nosuch /sbin/init "$silent rootwait=1" --until 'waiting; reset the machine'
expect_in_order 'linuxrc: FAILED: find root /dev/nosuch' \
    'the boot cannot go on and a shell would have no console: waiting; reset the machine'
refuse 'starting /bin/sh'
