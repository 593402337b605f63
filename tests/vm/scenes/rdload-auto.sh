# shellcheck shell=bash
# --target auto on kernels whose drivers are modules: nothing, zram alone, a loop device over tmpfs, brd, as each
# comes to be there; it says which it took and why (statement 27). zram, whose sectors are of 4 KiB, takes an ext2 of
# such blocks, which can be mounted there, and none of 1 KiB.
# kernels: stock-6.1 stock-7

# shellcheck source=tests/vm/rdload.sh
. "${BASH_SOURCE[0]%/*}/../rdload.sh"
mkdir "$WORK/initramfs.tree"
for block in 1024 4096; do
    mke2fs -q -F -t ext2 -b "$block" "$WORK/image" 2000k
    gzip -1c "$WORK/image" >"$WORK/initramfs.tree/image-$block.gz"
    rm "$WORK/image"
done
mapfile -t steps < <(
    # (zram asks for its compression by name, where that is a module)
    for step in ext4 lzo-rle zram loop brd; do
        for file in $(module_files "$KERNEL_DIR" "$step"); do
            file=${file##*/}
            echo "insmod /lib/${file%%.*}.ko$([[ $step != brd ]] || echo ' rd_nr=1 rd_size=4096')"
        done
        case $step in
            zram)
                echo "run small-blocks rdload /image-1024.gz --target auto"
                echo "run zram rdload --verify /image-4096.gz --target auto"
                echo "run mount-zram mount -t ext2 -o ro /dev/zram1 /mnt"
                echo "umount /mnt"
                echo "run named rdload /image-1024.gz /dev/zram1"
                echo "run mount-small mount -t ext2 -o ro /dev/zram1 /mnt"
                ;;
            loop)
                echo "run loop rdload --verify /image-1024.gz --target auto"
                echo "run mount-loop mount -t ext2 -o ro /dev/loop0 /mnt"
                ;;
            brd) echo "run brd rdload --verify /image-1024.gz --target auto" ;;
        esac
    done
)
{
    echo 'run nothing rdload /image-4096.gz --target auto'
    # A module that an earlier step has loaded is loaded once.
    printf '%s\n' "${steps[@]}" | awk '!seen[$0]++'
} >"$WORK/script"
rdload_machine "$WORK/initramfs" "$WORK/script" "$KERNEL_DIR" ext4 lzo-rle zram loop brd
boot --initrd "$WORK/initramfs" --memory 512
expect_in_order 'rdload: no target: no /dev/ram0 (No such file or directory), no loop device (open /dev/loop-control' 'GUEST nothing exit=1' \
    "and the sectors of zram (4 KiB) are larger than the image's blocks" 'GUEST small-blocks exit=1' \
    'target: /dev/zram1: zram, because of no /dev/ram0' 'GUEST zram exit=0' 'GUEST mount-zram exit=0' 'GUEST named exit=0' \
    'target: /dev/loop0: a loop device over tmpfs, because of no /dev/ram0' 'GUEST loop exit=0' 'GUEST mount-loop exit=0' \
    'target: /dev/ram0: the RAM disk is there' 'GUEST brd exit=0' 'GUEST done'
# (why it does not take zram)
expect_re 'GUEST mount-small exit=[1-9]'
