# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# root=/dev/fd0 load_ramdisk=1 prompt_ramdisk=1 and no initrd: the root is an image on two floppy disks, which
# linuxrc asks for as Linux up to 5.8 did. The boot disk is in the drive at first, and QEMU's monitor changes
# it for those that are asked for. The initramfs is that of mkramdisk --wrap none.
# kernels: classic classic-7

# shellcheck source=tests/vm/rdload.sh
. "$vm_folder/rdload.sh"
# shellcheck source=tests/vm/floppy.sh
. "$vm_folder/floppy.sh"
guest_tree "$WORK/tree"
guest_init "$WORK/tree"
head -c 1200k /dev/urandom >"$WORK/tree/ballast"
ram_image "$WORK/image" "$WORK/tree" 2400
floppies_of "$WORK/image"
head -c 1440k /dev/zero >"$WORK/boot-disk"
"$(tool mkramdisk)" --wrap none -o "$WORK/initramfs" >"$WORK/wrap.log" 2>&1 ||
    fail "mkramdisk --wrap none failed: $(<"$WORK/wrap.log")"

# load WORDS: boots and gives it the disks that it asks for.
load() {
    boot_with_floppies boot-disk --initrd "$WORK/initramfs" --memory 64 --until 'the boot cannot go on' \
        --append "root=/dev/fd0 load_ramdisk=1 rw $1"
}

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
