#!/bin/bash
# The modules of a kernel: what it lacks built in, in an order that loads, unpacked. The kernels are those
# of the virtual machines, where they are in the cache.
# shellcheck source=tests/wrap/lib.sh
. "$(dirname "$0")/lib.sh"
need cpio python3 modprobe depmod xz mksquashfs mkfs.cramfs

small_image ext2
"$mkramdisk" -s 1024k -b 4096 -U -o blocks small
left=bad-new

# listed OUT OPTION...: the names of the modules in the list that was made, one a line.
listed() {
    local out=$1
    shift
    wrap "$out" "${image:-ext2}" -z gzip:1 "$@"
    split_archives "$out"
    rm -rf unpacked
    mkdir unpacked
    (cd unpacked && cpio -i --quiet <../first)
    cat unpacked/lib/linuxrc/modules.list
}

tested=0
for kernel in stock-6.1 stock-6.12 stock-7; do
    folder=$("$SOURCE_DIR/tests/vm/kernel" --cached "$kernel") || continue
    tested=$((tested + 1))
    release=$(<"$folder/release")
    listed new --modules "$folder" >list

    # Whatever modprobe says that a module needs is there before it.
    mapfile -t names < <(cut -d' ' -f1 list)
    for name in "${names[@]}"; do
        modprobe --dirname "$folder" --set-version "$release" --config /dev/null --show-depends -- "${name%.ko}" |
            sed -n 's/^insmod .*\/\([^/]*\.ko\)[.a-z]* *$/\1/p' >needed
        while read -r other; do
            position=$(grep -nxF -e "$other" list | cut -d: -f1)
            own=$(grep -nxF -e "$name" list | cut -d: -f1)
            ((${position:-99} <= own)) || fail "$kernel: $name needs $other before it: $(<list)"
        done <needed
    done
    for file in unpacked/lib/linuxrc/*.ko; do
        [[ $(head -c 4 "$file") == $'\x7fELF' ]] || fail "$kernel: $file is not unpacked"
        grep -qxF -e "${file##*/}" list || fail "$kernel: ${file##*/} is not in the list"
    done
    grep -qx 'brd.ko' list || fail "$kernel: no RAM disk"
    grep -qx 'virtio_blk.ko' list || fail "$kernel: no virtio disk"

    # The command line chooses the disk; the RAM disk as root needs none.
    listed new --modules "$folder" --cmdline 'root=/dev/vda ro' >virtio
    ! grep -q '^sd_mod' virtio || fail "$kernel: a SCSI disk for root=/dev/vda"
    for root in /dev/sda1 /dev/hda1 0301 3:1 8:1; do
        listed new --modules "$folder" --cmdline "root=$root ro" >scsi
        grep -q '^sd_mod' scsi || fail "$kernel: no SCSI disk for root=$root"
        ! grep -q '^virtio_blk' scsi || fail "$kernel: a virtio disk for root=$root"
    done
    listed new --modules "$folder" --cmdline 'root=/dev/ram0 rw' >ram
    ! grep -qE '^(sd_mod|virtio_blk)' ram || fail "$kernel: a disk for root=/dev/ram0"
    listed new --modules "$folder" --cmdline 'root=/dev/ram0 init=/linuxrc real_root=/dev/vda' >both
    cmp virtio both || fail "$kernel: real_root= counts for nothing"

    # Named modules, with parameters; a module that is left out, the RAM disk among them.
    listed new --modules "$folder" --cmdline 'root=/dev/ram0' --add-module 'brd rd_size=8192' \
        --add-module overlay >named
    grep -qx 'brd.ko rd_size=8192' named || fail "$kernel: parameters are lost: $(<named)"
    grep -qx 'overlay.ko' named || fail "$kernel: no overlay"
    # A flash's driver has to stand before ubi, which nothing in the kernel says.
    listed new --modules "$folder" --cmdline 'root=/dev/vda' --add-module overlay >named
    ! sed '/^overlay.ko/q' named | grep -q '^virtio_blk' || fail "$kernel: named last: $(<named)"
    # What stands for a missing RAM disk: a loop device, else zram, whose sectors are of 4 KiB.
    listed new --modules "$folder" --cmdline 'root=/dev/ram0' --leave-out brd >loop
    grep -qx 'loop.ko' loop || fail "$kernel: no loop device: $(<loop)"
    ! grep -q '^brd\|^zram' loop || fail "$kernel: more than a loop device: $(<loop)"
    image=blocks listed new --modules "$folder" --cmdline 'root=/dev/ram0' --leave-out brd --leave-out loop >zram
    grep -qx 'zram.ko' zram || fail "$kernel: no zram: $(<zram)"
    ! grep -q '^brd\|^loop' zram || fail "$kernel: more than zram: $(<zram)"
    refused 3 'what could stand for it (loop; zram has sectors of 4 KiB, the image smaller blocks)' \
        --wrap ext2 -o bad-new --modules "$folder" --leave-out brd --leave-out loop
    refused 3 'nor what could stand for it (loop, zram)' --wrap blocks -o bad-new --modules "$folder" \
        --leave-out brd --leave-out loop --leave-out zram
    refused 3 'no module nosuch' --wrap ext2 -o bad-new --modules "$folder" --add-module nosuch

    # The image's own file system.
    mksquashfs small squashfs -quiet -no-progress -noappend >/dev/null
    mkfs.cramfs small cramfs >/dev/null
    image=squashfs listed new --modules "$folder" --cmdline 'root=/dev/ram0' | grep -qx 'squashfs.ko' ||
        fail "$kernel: no squashfs for a squashfs image"
    refused 3 'no driver to mount cramfs file systems, which the image is' --wrap cramfs -o bad-new \
        --modules "$folder"

    # The folder of the modules itself will do, and gives the same bytes.
    wrap new ext2 --modules "$folder"
    wrap same ext2 --modules "$folder/lib/modules/$release/"
    cmp new same || fail "$kernel: other bytes by the other name"
done
((tested)) || skip "no kernel with modules is in the cache; tests/vm/kernel stock-7 puts one there"
echo "$tested kernels"
