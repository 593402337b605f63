# shellcheck shell=bash
# Sourced by scenes with floppy disks: WORK/disk-1, WORK/disk-2 and so on are those of an image.

# insert_floppy DISK: into the drive, and ENTER is pressed.
insert_floppy() {
    [[ -f $WORK/$1 ]] || fail "$1 is asked for"
    echo "change floppy0 $WORK/$1 raw" >&8
    sleep 2 # the monitor answers with a prompt of no use
    echo >&7
}

# boot_with_floppies DISK BOOT-ARGUMENT...: boots with DISK in the drive. Each disk that is asked for is put there,
# by QEMU's monitor.
boot_with_floppies() {
    local disk=$1
    shift
    rm -f "$WORK/keys" "$WORK/monitor.in" "$WORK/monitor.out"
    mkfifo "$WORK/keys" "$WORK/monitor.in" "$WORK/monitor.out"
    exec 7<>"$WORK/keys" 8<>"$WORK/monitor.in" 9<>"$WORK/monitor.out"
    boot --echo --floppy "$WORK/$disk" --input "$WORK/keys" "$@" \
        -- -chardev "pipe,id=monitor,path=$WORK/monitor" -mon chardev=monitor |
        while read -r line; do
            case $line in
                *'Insert root floppy disk'*) insert_floppy disk-1 ;;
                *'Insert disk #'*)
                    line=${line#*'Insert disk #'}
                    insert_floppy "disk-${line%%[!0-9]*}"
                    ;;
            esac
        done
}

# floppies_of FILE: cuts it into disks of 1440 KiB.
floppies_of() {
    split -b 1440k -a 1 --numeric-suffixes=1 "$1" "$WORK/disk-"
    truncate -s 1440k "$WORK"/disk-?
}
