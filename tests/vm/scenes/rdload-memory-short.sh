# shellcheck shell=bash
# An image larger than the memory of the machine: the RAM disk is large enough, its pages are not to be
# had (statement 16: what comes back is measured). The load ends with one clear line, and from 6.10 on, where brd can discard, the memory is there
# again afterwards.
# kernels: classic classic-7

# shellcheck source=tests/vm/rdload.sh
. "${BASH_SOURCE[0]%/*}/../rdload.sh"
noise_image "$WORK/image" 61440
cat >"$WORK/script" <<'END'
free_kib; before=$free
run load rdload /dev/vda /dev/ram0
free_kib
echo "GUEST before=$before after=$free"
run identify rdload --identify /dev/ram0
END
rdload_machine "$WORK/initramfs" "$WORK/script"
boot --initrd "$WORK/initramfs" --disk "$WORK/image" --memory 80
expect_in_order 'RAMDISK: ext2 filesystem found at block 0' 'GUEST load exit=1' 'GUEST before=' \
    'GUEST identify exit=3' 'GUEST done'
expect_re 'rdload: (write|fsync) /dev/ram0: (No space left on device|Input/output error|Cannot allocate memory); [0-9]+ KiB had been written and were (discarded|cleared)'
refuse 'Out of memory' 'Kernel panic'
if [[ $KERNEL == classic-7 ]]; then
    read -r before after < <(sed -n 's/.*GUEST before=\([0-9]*\) after=\([0-9]*\).*/\1 \2/p' "$CONSOLE")
    ((after > before - 6144)) || fail "of $before KiB of free memory only $after are there again"
fi
