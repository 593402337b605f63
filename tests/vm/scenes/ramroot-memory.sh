# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# An image that is too large for the memory is not loaded: it runs where it lies, or nothing does, by
# policy. The flash is not written.
# kernels: classic classic-7 stock-7

# shellcheck source=tests/vm/ramroot.sh
. "$vm_folder/ramroot.sh"
need python3
ram_root_initramfs "$WORK/initramfs"

# 300 MiB do not fit into 256: an uncompressed image is mounted where it lies; of a compressed one the flash
# itself would be the root, and has no init here.
ram_root_image "$WORK/large" large $((300 << 10))
mkdir "$WORK/third"
cp --sparse=always "$WORK/large" "$WORK/third/root.img"
gzip -1nc "$WORK/large" >"$WORK/third/root.img.gz"
flash_disk "$WORK/big" "$WORK/third" $((320 << 10))
boot_ram_root linuxrc.ramroot=/dev/vda:/root.img --disk "$WORK/big"
expect_re 'it takes 307200 KiB of memory, with 8192 KiB left over for the system .* and [0-9]+ KiB are available'
expect_in_order 'it runs where it lies, read-only' 'GUEST name=large' 'GUEST done'
expect_re '^GUEST root=7:0 type=ext[24] source=/dev/root$'
expect_re '^GUEST mount: /dev/root / ext[24] ro'
reported 'report["degraded"] and "307200" in report["degraded_because"][0]'
boot_ram_root "linuxrc.ramroot=/dev/vda:/root.img linuxrc.ramroot.onfail=fail" --disk "$WORK/big" \
    --until 'linuxrc: the boot cannot go on'
expect_re 'FAILED: /dev/vda:/root.img: it takes 307200 KiB'
boot_ram_root linuxrc.ramroot=/dev/vda:/root.img.gz --disk "$WORK/big" --until 'linuxrc: the boot cannot go on'
expect_in_order 'it runs where it lies, read-only' 'FAILED: '
