# shellcheck shell=bash
# What an initramfs holds beside linuxrc is free memory under init: by deletion before Linux 7.0, and from then on,
# too, where the initramfs is left by pivot_root and unmounted.
# kernels: stock-6.1 stock-7

real_root "$WORK/disk"
mapfile -t modules < <(stock_modules "$KERNEL_DIR")
make_initramfs "$WORK/initramfs" "$(tool linuxrc)" '' "$KERNEL_DIR" "${modules[@]}"
ballast_kib=32768
{
    cpio_begin
    cpio_folder ballast
    head -c "${ballast_kib}K" /dev/urandom >"$WORK/ballast"
    cpio_file ballast/file 644 "$WORK/ballast"
    cpio_end
} >"$WORK/more"
cat "$WORK/initramfs" "$WORK/more" >"$WORK/larger"

free_after() {
    boot --initrd "$1" --disk "$WORK/disk" --append 'root=/dev/vda ro noinitrd'
    expect_in_order 'linuxrc: started as /init of an initramfs' 'GUEST init pid=1' 'GUEST root=254:0' 'GUEST done'
    refuse 'Kernel panic' 'FAILED' 'going on'
    kib=$(memory_of init)
}
free_after "$WORK/initramfs"
plain=$kib
free_after "$WORK/larger"
echo "free memory: $plain KiB, and $kib KiB after an initramfs with $ballast_kib KiB more"
((plain - kib < ballast_kib / 20)) || fail "of the initramfs's $ballast_kib KiB $((plain - kib)) KiB stay taken"
