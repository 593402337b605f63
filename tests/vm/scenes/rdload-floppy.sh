# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# Statement 28: an image on two floppy disks, the first of which holds something else before it
# (--start, as ramdisk_start=). The disk is changed in the drive when rdload asks for it; the second
# is read from its first byte, and no third one is asked for.
# kernels: classic classic-7

# shellcheck source=tests/vm/rdload.sh
. "$vm_folder/rdload.sh"
# shellcheck source=tests/vm/floppy.sh
. "$vm_folder/floppy.sh"
noise_image "$WORK/image" 2000
{ head -c 350k /dev/urandom; cat "$WORK/image"; } >"$WORK/both"
floppies_of "$WORK/both"
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

boot_with_floppies disk-1 --disk "$WORK/root" --disk "$WORK/copy" \
    --append 'root=/dev/vda rw init=/init rootfstype=ext2'
expect_in_order 'RAMDISK: ext2 filesystem found at block 350' 'done disk #1.' \
    'VFS: Insert disk #2 and press ENTER' 'RAMDISK: Loading 2000KiB [2 disks] into ram disk... done.' \
    'GUEST load exit=0' 'GUEST done'
refuse 'Insert disk #3'
same_start "$WORK/image" "$WORK/copy"
