# shellcheck shell=bash
# Memory while a wrapped image is loaded: the kernel's own, the image, its compressed form and 12 MiB are enough, and
# 4 MiB less than the two are not. FULL=1 finds the smallest machine by halving.
# kernels: classic-7 stock-7

image_kib=32768
guest_tree "$WORK/tree"
guest_init "$WORK/tree"
# What gzip makes a quarter smaller.
head -c 20M /dev/urandom | base64 -w 0 >"$WORK/tree/ballast"
legacy_image "$WORK/image" "$WORK/tree" $image_kib
compressed_kib=$(($(stat -c %s "$WORK/image.gz") / 1024))
wrap_image "$WORK/initramfs" "$WORK/image.gz" --cmdline 'root=/dev/ram0 rw'

# The kernel's own: all that is not free when an initramfs of a shell begins, on a machine of about that size.
is_stock && about=192 || about=112
mkdir -p "$WORK/small"/{bin,lib,proc,dev}
cp /usr/lib/klibc/bin/{sh,mount,poweroff} "$WORK/small/bin"
cp /lib/klibc-*.so "$WORK/small/lib"
cat >"$WORK/small/init" <<'END'
#!/bin/sh
PATH=/bin
mount -t proc proc /proc
while read -r name kib _; do
    if [ "$name" = MemFree: ]; then echo "GUEST memory kernel=$kib"; fi
done </proc/meminfo
echo "GUEST done"
read -r _ </proc/uptime
poweroff
END
chmod 755 "$WORK/small/init"
{
    cpio_begin
    cpio_device dev/console 5 1
    cpio_end
    (cd "$WORK/small" && find . -mindepth 1 | cpio -o -H newc --quiet)
} >"$WORK/small.cpio"
boot --initrd "$WORK/small.cpio" --memory "$about" --until 'GUEST done'
kernel_kib=$((about * 1024 - $(memory_of kernel)))
echo "kernel $kernel_kib KiB of $about MiB, image $image_kib KiB, compressed $compressed_kib KiB"

# machine KIB: the memory of a machine that has so much beside the kernel's; of each page the kernel notes 64 bytes.
machine() {
    local kib=$((kernel_kib + $1))
    kib=$((kib - (about * 1024 - kib) / 64))
    echo $((kib / 64 * 64))
}
# boots KIB: with so much memory beside the kernel's the image's init runs.
boots() {
    boot --initrd "$WORK/initramfs" --memory "$(machine "$1")K" --append 'root=/dev/ram0 rw' \
        --until 'the boot cannot go on'
    grep -qaF 'GUEST done' "$CONSOLE"
}

both=$((image_kib + compressed_kib))
boots $((both + 12288)) || fail "image, compressed image and 12 MiB do not suffice"
refuse 'Out of memory' 'Kernel panic'
! boots $((both - 4096)) || fail "it boots with less than image and compressed image: what is measured?"
[[ -n ${FULL-} ]] || return 0
low=-4096 high=12288
while ((high - low > 512)); do
    middle=$(((low + high) / 2))
    if boots $((both + middle)); then high=$middle; else low=$middle; fi
done
echo "smallest: image, compressed image and $high KiB"
