# shellcheck shell=bash
# linuxrc.onfail=halt, wait and reboot, the last word of the line: the machine is halted, stands with what went wrong on
# its console, or starts anew after panic= seconds. None of them starts a shell; scene failures has those that do.
# kernels: classic classic-7 stock-6.1

linuxrc_tree "$WORK/tree"
legacy_image "$WORK/image" "$WORK/tree"
missing='FAILED: find root /dev/nosuch: no such device after 1 s'

# stops WORDS [OPTION...]
stops() {
    local words="root=/dev/ram0 rw init=/linuxrc real_root=/dev/nosuch rootwait=1 $1"
    shift
    boot_legacy "$WORK/image.gz" --append "$words" "$@"
    refuse 'Kernel panic' 'GUEST init' 'starting /bin/sh'
}
stops linuxrc.onfail=halt --until 'reboot: System halted'
expect_in_order "$missing" 'linuxrc: the boot cannot go on: halting (linuxrc.onfail=)' 'reboot: System halted'

stops linuxrc.onfail=wait --until 'waiting; reset the machine'
expect_in_order "$missing" 'linuxrc: the boot cannot go on: waiting; reset the machine'

stops 'linuxrc.onfail=reboot panic=2'
expect_in_order "$missing" 'linuxrc: the boot cannot go on: rebooting in 2 s' 'reboot: Restarting system'
