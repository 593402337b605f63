# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# The floppy disks of examples/floppy/make-floppies, booted by the BIOS: the first has kernel and linuxrc, and the
# root is an image on the two that are asked for. With FULL=1 a gzip image, too, on one.
# kernels: classic

need mkfs.fat mcopy syslinux
# shellcheck source=tests/vm/rdload.sh
. "$vm_folder/rdload.sh"
# shellcheck source=tests/vm/floppy.sh
. "$vm_folder/floppy.sh"
guest_tree "$WORK/tree"
guest_init "$WORK/tree"
head -c 1200k /dev/urandom >"$WORK/tree/ballast"
ram_image "$WORK/image" "$WORK/tree" 2400

# try IMAGE FORM DISKS
try() {
    rm -f "$WORK"/disk-*
    "$vm_folder/../../examples/floppy/make-floppies" -k "$KERNEL_DIR/vmlinuz" -i "$1" -o "$WORK/disk" \
        -a 'root=/dev/fd0 load_ramdisk=1 prompt_ramdisk=1 rw console=ttyS0 panic=-1 no_timer_check from-the-floppy' \
        >"$WORK/make.log" 2>&1 || fail "make-floppies: $(<"$WORK/make.log")"
    boot_with_floppies disk-boot --from-disk --memory 64 --timeout 240 --until 'the boot cannot go on'
    expect_in_order 'Command line:' 'from-the-floppy' \
        'VFS: Insert root floppy disk to be loaded into RAM disk and press ENTER' \
        "RAMDISK: $2 found at block 0" 'GUEST init pid=1' 'GUEST root=1:0' 'GUEST done'
    refuse "Insert disk #$(($3 + 1))" 'FAILED' 'Kernel panic'
}
try "$WORK/image" 'ext2 filesystem' 2
[[ -n ${FULL-} ]] || return 0
rm "$WORK/tree/ballast"
ram_image "$WORK/small" "$WORK/tree" 2400
gzip -9n "$WORK/small"
try "$WORK/small.gz" 'gzip image' 1
