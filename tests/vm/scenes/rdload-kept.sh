# shellcheck shell=bash
# /sys/firmware/initrd, where a kernel from 6.8 on keeps what the boot loader passed (retain_initrd): of mode
# 0440 and readable, but not mappable. rdload takes it by itself where there is no /initrd.image.
# kernels: classic-7

# shellcheck source=tests/vm/rdload.sh
. "${BASH_SOURCE[0]%/*}/../rdload.sh"
cat >"$WORK/script" <<'END'
run identify rdload --identify
run load rdload --progress never --verify --target /dev/ram1
run named rdload /sys/firmware/initrd /dev/ram2
run other rdload --progress never --hash sha256:0000000000000000000000000000000000000000000000000000000000000000 /sys/firmware/initrd /dev/ram3
END
# The machine runs from what the kernel itself has loaded of the same image.
rdload_tree "$WORK/tree" "$WORK/script"
guest_image "$WORK/root" "$WORK/tree" 24576
boot --initrd "$WORK/root" --memory 256 --append 'root=/dev/ram0 rw init=/init retain_initrd ramdisk_size=24576'
expect_in_order 'GUEST identify exit=0' '/sys/firmware/initrd: ext2 file system, 24576 KiB onto /dev/ram1' 'GUEST load exit=0' \
    '/sys/firmware/initrd: ext2 file system, 24576 KiB onto /dev/ram2' 'GUEST named exit=0' \
    'not the image that was expected (its hash differs); what had been written was discarded' 'GUEST other exit=5' 'GUEST done'
