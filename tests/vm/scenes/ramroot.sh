# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# Run in RAM from flash: a compressed image of a flash disk is checked, loaded and booted, and the flash
# unmounted. A damaged one leaves it to the second, and one with a wrong hash alone is refused. No boot writes
# to the flash: FULL=1 makes 50 of them.
# kernels: classic classic-7 stock-7

# shellcheck source=tests/vm/ramroot.sh
. "$vm_folder/ramroot.sh"
need python3
ram_root_initramfs "$WORK/initramfs"
for name in a b; do ram_root_image "$WORK/$name" "$name"; done
mkdir -p "$WORK/first/boot" "$WORK/second"
gzip -9nc "$WORK/a" >"$WORK/first/boot/root.img.gz"
cp "$WORK/b" "$WORK/second/root.img"
with_sum "$WORK/first/boot/root.img.gz"
with_sum "$WORK/second/root.img"
flash_disk "$WORK/flash" "$WORK/first"
flash_disk "$WORK/other" "$WORK/second"
# damage DISK: a bit of the compressed image on it has fallen over.
damage() {
    local at
    at=$(grep -abom1 $'\x1f\x8b\x08' "$1" | cut -d: -f1)
    printf '\xff' | dd of="$1" bs=1 seek=$((at + 5000)) conv=notrunc status=none
}
image=linuxrc.ramroot=/dev/vda:/boot/root.img.gz
fallback=linuxrc.ramroot.fallback=/dev/vdb:/root.img

boots=3
if [[ -n ${FULL-} ]]; then boots=50; fi
for ((i = 1; i <= boots; ++i)); do
    boot_ram_root "$image $fallback" --disk "$WORK/flash" --disk "$WORK/other"
    expect_in_order '/flash/boot/root.img.gz: its SHA-256 is right' 'left over for the system' \
        'RAMDISK: gzip image found at block 0' 'GUEST name=a'
    runs_in_ram a
    reported 'not report["degraded"] and report["root"] == "/dev/vda:/boot/root.img.gz"'
done
echo "$boots boots, and the flash is as it was"

cp "$WORK/flash" "$WORK/flash.good"
damage "$WORK/flash"
boot_ram_root "$image $fallback" --disk "$WORK/flash" --disk "$WORK/other"
expect_in_order 'root.img.gz is damaged or another image: its SHA-256 is' 'going on with the next root' 'GUEST name=b'
runs_in_ram b
reported 'report["degraded"] and report["root"] == "/dev/vdb:/root.img" and "damaged" in report["degraded_because"][0]'
boot_ram_root "$image" --disk "$WORK/flash" --until 'linuxrc: the boot cannot go on'
expect_re 'FAILED: /flash/boot/root.img.gz is damaged or another image: its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}'
refuse 'RAMDISK: gzip' 'GUEST init'
# Without the hash it is the format that tells.
rm "$WORK/first/boot/root.img.gz.sha256"
flash_disk "$WORK/bare" "$WORK/first"
damage "$WORK/bare"
boot_ram_root "$image $fallback" --disk "$WORK/bare" --disk "$WORK/other"
expect_in_order 'no hash of the image is known' 'going on with the next root' 'GUEST name=b'
runs_in_ram b
mv "$WORK/flash.good" "$WORK/flash"

# The image is not there; a hash that is given on the command line, of the partition itself.
boot_ram_root "linuxrc.ramroot=/dev/vda:/boot/absent $fallback" --disk "$WORK/flash" --disk "$WORK/other"
expect 'open the image /flash/boot/absent: No such file or directory'
runs_in_ram b
sum=$(sha256sum <"$WORK/b" | cut -d' ' -f1)
boot_ram_root "linuxrc.ramroot=/dev/vda linuxrc.ramroot.size=6144k linuxrc.ramroot.hash=sha256:$sum" --disk "$WORK/b"
expect '/flash/image: its SHA-256 is right'
runs_in_ram b
boot_ram_root "linuxrc.ramroot=/dev/vda linuxrc.ramroot.size=6143k linuxrc.ramroot.hash=sha256:$sum" \
    --disk "$WORK/b" --until 'linuxrc: the boot cannot go on'
expect '/flash/image is damaged or another image'
