# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# The image of a flash disk by examples/lilo/make-flash-disk, booted by the BIOS and its own boot loader, no
# kernel from outside: extlinux and GRUB, the plain image where the kernel loads it and the wrapped one
# elsewhere. The system runs in RAM and the disk is not written.
# kernels: classic stock-7

need mkfs.ext2 sfdisk grub-mkimage
source_folder=$vm_folder/../..
guest_tree "$WORK/tree"
guest_init "$WORK/tree"
legacy_image "$WORK/image" "$WORK/tree"
initrd=$WORK/image.gz
if is_stock; then
    wrap_image "$WORK/initrd" "$initrd" --cmdline 'root=/dev/ram0 rw'
    initrd=$WORK/initrd
fi
words='root=/dev/ram0 rw console=ttyS0 panic=-1 no_timer_check from-the-loader'

for loader in grub extlinux; do
    if [[ $loader == extlinux ]]; then
        if ! command -v extlinux >/dev/null || ((EUID != 0)); then
            echo "extlinux is not installed, or this is not root: GRUB alone"
            continue
        fi
        # Its installation needs a loop device.
        losetup -f &>/dev/null || continue
    fi
    "$source_folder/examples/lilo/make-flash-disk" -l "$loader" -k "$KERNEL_DIR/vmlinuz" -i "$initrd" -s 24 \
        -a "$words" -o "$WORK/flash" >"$WORK/flash.log" 2>&1 || fail "make-flash-disk: $(<"$WORK/flash.log")"
    before=$(sha256sum <"$WORK/flash")
    # The BIOS reads an IDE disk word by word, which takes minutes for a kernel of 14 MB in an emulation.
    boot --timeout 300 --from-disk "$(is_stock && echo --disk || echo --ide)" "$WORK/flash"
    expect_in_order 'Command line:' 'from-the-loader' 'RAMDISK: gzip image found at block 0' \
        'GUEST init pid=1' 'GUEST root=1:0' 'GUEST done'
    [[ $(sha256sum <"$WORK/flash") == "$before" ]] || fail "$loader: the disk was written"
    echo "booted by $loader"
done
