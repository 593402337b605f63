# shellcheck shell=bash
# root=/dev/fd0 load_ramdisk=1 prompt_ramdisk=1 and no initrd: the root is an image on two floppy disks, which
# linuxrc asks for as Linux up to 5.8 did. The boot disk is in the drive at first, and QEMU's monitor changes
# it for those that are asked for. The initramfs is that of mkramdisk --wrap none.
# kernels: classic classic-7

# shellcheck source=tests/vm/rdload.sh
. "${BASH_SOURCE[0]%/*}/../rdload.sh"
guest_tree "$WORK/tree"
guest_init "$WORK/tree"
head -c 1200k /dev/urandom >"$WORK/tree/ballast"
ram_image "$WORK/image" "$WORK/tree" 2400
head -c 1440k "$WORK/image" >"$WORK/disk1"
tail -c +"$((1440 * 1024 + 1))" "$WORK/image" >"$WORK/disk2"
truncate -s 1440k "$WORK/disk2"
head -c 1440k /dev/zero >"$WORK/boot-disk"
"$(tool mkramdisk)" --wrap none -o "$WORK/initramfs" >"$WORK/wrap.log" 2>&1 ||
    fail "mkramdisk --wrap none failed: $(<"$WORK/wrap.log")"

# insert DISK: into the drive; the monitor answers with a prompt of no use.
insert() {
    echo "change floppy0 $WORK/$1 raw" >&8
    sleep 2
    echo >&7
}

# load WORDS: boots and gives it the disks that it asks for.
load() {
    rm -f "$WORK/keys" "$WORK/monitor.in" "$WORK/monitor.out"
    mkfifo "$WORK/keys" "$WORK/monitor.in" "$WORK/monitor.out"
    exec 7<>"$WORK/keys" 8<>"$WORK/monitor.in" 9<>"$WORK/monitor.out"
    boot --echo --initrd "$WORK/initramfs" --memory "$memory" --floppy "$WORK/boot-disk" --input "$WORK/keys" \
        --until 'the boot cannot go on' --append "root=/dev/fd0 load_ramdisk=1 rw $1" \
        -- -chardev "pipe,id=monitor,path=$WORK/monitor" -mon chardev=monitor |
        while read -r line; do
            case $line in
                *'Insert root floppy disk'*) insert disk1 ;;
                *'Insert disk #2'*) insert disk2 ;;
                *'Insert disk #'*) fail "another disk is asked for" ;;
            esac
        done
}

memory=64
load prompt_ramdisk=1
expect_in_order 'linuxrc: started as /init of an initramfs' \
    'VFS: Insert root floppy disk to be loaded into RAM disk and press ENTER' \
    'RAMDISK: ext2 filesystem found at block 0' 'done disk #1.' 'VFS: Insert disk #2 and press ENTER' \
    'RAMDISK: Loading 2400KiB [2 disks] into ram disk... done.' 'GUEST init pid=1' 'GUEST root=1:0' 'GUEST done'
refuse 'Insert disk #3' 'FAILED' 'Kernel panic'

# Nobody is asked for the first disk, and it holds no image.
load prompt_ramdisk=0
expect_in_order "Couldn't find valid RAM disk image starting at 0." 'the boot cannot go on'
refuse 'Insert root floppy' 'GUEST init' 'Kernel panic'
