# shellcheck shell=bash
# A range of physical memory, as initrd=0x6000000,SIZE names it for a boot loader that is none: the
# image lies above mem=, where /dev/mem may be read.
# kernels: classic classic-7

# shellcheck source=tests/vm/rdload.sh
. "${BASH_SOURCE[0]%/*}/../rdload.sh"
noise_image "$WORK/image" 3000
gzip -1k "$WORK/image"
size=$(stat -c %s "$WORK/image.gz")
truncate -s 4M "$WORK/copy"
cat >"$WORK/script" <<END
run identify rdload --identify --memory 0x6000000,$size
run load rdload --verify --memory 0x6000000,$size --target /dev/ram0
dd if=/dev/ram0 of=/dev/vda bs=1024 count=3000
run whole rdload --verify --memory 0x6000000,20M /dev/ram1
run used rdload --memory 0x1000000,1M /dev/ram2
END
rdload_machine "$WORK/initramfs" "$WORK/script"
boot --initrd "$WORK/initramfs" --disk "$WORK/copy" --memory 128 --append 'mem=80M' \
    -- -device "loader,file=${WORK//,/,,}/image.gz,addr=0x6000000,force-raw=on"
# What the kernel itself uses is not given out (STRICT_DEVMEM), or is no image.
expect_in_order 'gzip image, ext2 file system inside' 'GUEST identify exit=0' \
    'RAMDISK: gzip image found at block 0' 'GUEST load exit=0' 'GUEST whole exit=0'
expect_re 'GUEST used exit=[13]'
expect 'GUEST done'
same_start "$WORK/image" "$WORK/copy"
