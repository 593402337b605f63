# shellcheck shell=bash
# --target auto on kernels whose drivers are modules: nothing, a loop device over tmpfs, zram, brd, as
# each comes to be there; it says which it took and why (statement 27).
# kernels: stock-6.1 stock-7

# shellcheck source=tests/vm/rdload.sh
. "${BASH_SOURCE[0]%/*}/../rdload.sh"
noise_image "$WORK/image" 2000
gzip -1k "$WORK/image"
mkdir "$WORK/initramfs.tree"
cp "$WORK/image.gz" "$WORK/initramfs.tree/image.gz"
mapfile -t steps < <(for step in loop lzo-rle zram brd; do
    for file in $(module_files "$KERNEL_DIR" "$step"); do
        file=${file##*/}
        echo "insmod /lib/${file%%.*}.ko$([[ $step != brd ]] || echo ' rd_nr=1 rd_size=4096')"
    done
    # (zram asks for its compression by name, where that is a module)
    [[ $step == lzo-rle ]] || echo "run $step rdload --verify /image.gz --target auto"
done)
{
    echo 'run nothing rdload /image.gz --target auto'
    # A module that an earlier step has loaded is loaded once.
    printf '%s\n' "${steps[@]}" | awk '!seen[$0]++'
} >"$WORK/script"
rdload_machine "$WORK/initramfs" "$WORK/script" "$KERNEL_DIR" loop lzo-rle zram brd
boot --initrd "$WORK/initramfs" --memory 512
expect_in_order 'rdload: no target: no /dev/ram0 (No such file or directory), no zram' 'GUEST nothing exit=1' \
    'target: /dev/loop' ': a loop device over tmpfs, because of no /dev/ram0' 'GUEST loop exit=0' \
    'target: /dev/zram' ': zram, because of no /dev/ram0' 'GUEST zram exit=0' \
    'target: /dev/ram0: the RAM disk is there' 'GUEST brd exit=0' 'GUEST done'
