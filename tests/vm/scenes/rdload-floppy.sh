# shellcheck shell=bash
# Statement 28: an image on two floppy disks, the first of which holds something else before it
# (--start, as ramdisk_start=). The disk is changed in the drive when rdload asks for it; the second
# is read from its first byte, and no third one is asked for.
# kernels: classic classic-7

# shellcheck source=tests/vm/rdload.sh
. "${BASH_SOURCE[0]%/*}/../rdload.sh"
noise_image "$WORK/image" 2000
{ head -c 350k /dev/urandom; cat "$WORK/image"; } >"$WORK/both"
head -c 1440k "$WORK/both" >"$WORK/disk1"
tail -c +"$((1440 * 1024 + 1))" "$WORK/both" >"$WORK/disk2"
truncate -s 1440k "$WORK/disk2"
truncate -s 4M "$WORK/copy"
# The floppy driver wants its buffer below 16 MiB, and these kernels have no zone of such memory. It is
# free as long as nothing large has been loaded: so there is no initramfs, and the drive is opened at
# once and held.
cat >"$WORK/script" <<'END'
exec 5</dev/fd0
run load rdload --disks --start 350 /dev/fd0 /dev/ram0
dd if=/dev/ram0 of=/dev/vdb bs=1024 count=2000
END
rdload_tree "$WORK/tree" "$WORK/script"
guest_image "$WORK/root" "$WORK/tree" 24576

# What is typed, and what QEMU's monitor is told.
mkfifo "$WORK/keys" "$WORK/monitor.in" "$WORK/monitor.out"
exec 7<>"$WORK/keys" 8<>"$WORK/monitor.in" 9<>"$WORK/monitor.out"
boot --echo --disk "$WORK/root" --floppy "$WORK/disk1" --disk "$WORK/copy" --input "$WORK/keys" \
    --append 'root=/dev/vda rw init=/init rootfstype=ext2' \
    -- -chardev "pipe,id=monitor,path=$WORK/monitor" -mon chardev=monitor |
    while read -r line; do
        case $line in
            *'Insert disk #2'*)
                echo "change floppy0 $WORK/disk2 raw" >&8
                sleep 1 # the monitor answers with a prompt of no use
                echo >&7
                ;;
            *'Insert disk #'*) fail "another disk is asked for" ;;
        esac
    done
expect_in_order 'RAMDISK: ext2 filesystem found at block 350' 'done disk #1.' \
    'VFS: Insert disk #2 and press ENTER' 'RAMDISK: Loading 2000KiB [2 disks] into ram disk... done.' \
    'GUEST load exit=0' 'GUEST done'
refuse 'Insert disk #3'
same_start "$WORK/image" "$WORK/copy"
