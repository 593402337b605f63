# shellcheck shell=bash
# An image in an MTD partition, read through its character device and through mtdblock: a disk passes
# for flash (block2mtd), and the partition begins at 1 MiB.
# kernels: classic classic-7

# shellcheck source=tests/vm/rdload.sh
. "${BASH_SOURCE[0]%/*}/../rdload.sh"
noise_image "$WORK/image" 2000
gzip -1k "$WORK/image"
# Erased flash behind the image: all ones.
erased_flash "$WORK/flash" 6M "$WORK/image.gz" 1M
truncate -s 4M "$WORK/copy"
cat >"$WORK/script" <<'END'
# The first device is mtdram's.
cat /proc/mtd
run identify rdload --identify /dev/mtd2
run character rdload --verify /dev/mtd2 /dev/ram0
dd if=/dev/ram0 of=/dev/vdb bs=1024 count=2000
run block rdload --verify /dev/mtdblock2 /dev/ram1
run read-only rdload --verify /dev/mtd2ro /dev/ram2
END
rdload_machine "$WORK/initramfs" "$WORK/script"
boot --initrd "$WORK/initramfs" --disk "$WORK/flash" --disk "$WORK/copy" \
    --append 'block2mtd.block2mtd=/dev/vda,64KiB,flash mtdparts=flash:1M(boot),-(initrd)'
expect_in_order 'gzip image, ext2 file system inside' 'GUEST identify exit=0' 'GUEST character exit=0' \
    'GUEST block exit=0' 'GUEST read-only exit=0' 'GUEST done'
same_start "$WORK/image" "$WORK/copy"
