# shellcheck shell=bash
# A RAM disk whose size is no whole number of pages, full of old data: an image behind which there is nothing old
# to be seen (statement 14), to the last byte, nor where the image is zero. brd of 6.1 discards nothing, those of 6.12
# and 7 whole pages only. And a partition as the source, of which the image does not take the beginning.
# kernels: classic stock-6.12 classic-7

# shellcheck source=tests/vm/rdload.sh
. "${BASH_SOURCE[0]%/*}/../rdload.sh"
noise_image "$WORK/image" 2001
# A page of zeros among others, at an odd page, and the last one.
dd if=/dev/zero of="$WORK/image" bs=4096 seek=301 count=1 conv=notrunc status=none
mke2fs -q -F -t ext2 -b 1024 -N 16 "$WORK/full" 4095 >/dev/null
head -c 4095k /dev/urandom >"$WORK/old"
truncate -s 4095k "$WORK/copy" "$WORK/copy-full"
# The second partition begins at 2 MiB, the image 100 KiB behind that.
need sfdisk
truncate -s 6M "$WORK/disk"
printf '2048,2048\n4096,8192\n' | sfdisk -q --label dos "$WORK/disk"
dd if="$WORK/image" of="$WORK/disk" bs=1k seek=2148 conv=notrunc status=none
sum=$(sha256sum <"$WORK/image")
modules=()
if is_stock; then
    modules=("$KERNEL_DIR" virtio_pci virtio_blk brd)
    for file in $(module_files "${modules[@]}"); do
        file=${file##*/}
        echo "insmod /lib/${file%%.*}.ko$([[ $file != brd.* ]] || echo ' rd_nr=3 rd_size=4095')"
    done >"$WORK/script"
    echo 'sleep 1' >>"$WORK/script"
fi
cat >>"$WORK/script" <<END_OF_SCRIPT
dd if=/dev/vda of=/dev/ram0 bs=1024 count=4095
dd if=/dev/vda of=/dev/ram1 bs=1024 count=4095
run load rdload --verify /dev/vdb /dev/ram0
dd if=/dev/ram0 of=/dev/vdc bs=1024 count=4095
run full rdload --verify /dev/vdd /dev/ram1
dd if=/dev/ram1 of=/dev/vde bs=1024 count=4095
run partition rdload --verify --start 100 --length 2001k --hash sha256:${sum%% *} /dev/vdf2 /dev/ram2
run elsewhere rdload --start 101 /dev/vdf2 /dev/ram2
END_OF_SCRIPT
rdload_machine "$WORK/initramfs" "$WORK/script" "${modules[@]}"
for disk in old image full; do truncate -s %512 "$WORK/$disk"; done
boot --initrd "$WORK/initramfs" --disk "$WORK/old" --disk "$WORK/image" --disk "$WORK/copy" \
    --disk "$WORK/full" --disk "$WORK/copy-full" --disk "$WORK/disk" --append 'ramdisk_size=4095'
expect_in_order 'GUEST load exit=0' 'GUEST full exit=0' \
    'RAMDISK: ext2 filesystem found at block 100' 'GUEST partition exit=0' 'GUEST elsewhere exit=3' 'GUEST done'
same_start "$WORK/image" "$WORK/copy"
[[ $(tail -c +"$((2001 * 1024 + 1))" "$WORK/copy" | tr -d '\0' | wc -c) == 0 ]] || fail 'old data behind the image'
cmp "$WORK/full" "$WORK/copy-full" || fail 'old data where the image is zero'
