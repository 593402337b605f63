# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# Where an image that is to run in RAM may lie besides a disk: in the initramfs, in an MTD partition itself, in a file
# on jffs2, in a file on ubifs. And the RAM disk that it is loaded onto where the kernel has no other: zram.
# kernels: classic classic-7 stock-7 stock-generic-7

# shellcheck source=tests/vm/ramroot.sh
. "$vm_folder/ramroot.sh"
need python3
ram_root_image "$WORK/a" a
mkdir "$WORK/images"
gzip -9nc "$WORK/a" >"$WORK/images/root.img.gz"
with_sum "$WORK/images/root.img.gz"

# initramfs_of FILE... -- MODULE...: linuxrc as /init, the files in /images, the node by which block2mtd opens the disk.
initramfs_of() {
    local files=()
    while [[ $1 != -- ]]; do
        files+=("$1")
        shift
    done
    shift
    if (($#)); then set -- "$KERNEL_DIR" "$@"; fi
    make_initramfs "$WORK/archive" "$(tool linuxrc)" '' "$@"
    {
        cpio_begin
        cpio_folder dev
        cpio_member dev/vda 0060600 0 254 0
        cpio_folder images
        for file in ${files[@]+"${files[@]}"}; do cpio_file "images/${file##*/}" 644 "$file"; done
        cpio_end
    } >"$WORK/more"
    cat "$WORK/more" "$WORK/archive" >"$WORK/initramfs"
}

# runs_from SOURCE: linuxrc.ramroot= named it, and nothing went wrong.
runs_from() {
    expect_in_order 'left over for the system' 'RAMDISK: ' 'GUEST name=a' 'GUEST done'
    reported "not report['degraded'] and report['root'] == '$1'"
    refuse 'FAILED' 'going on'
    refuse_re '^GUEST mount: [^ ]* /flash '
}
both=("$WORK/images/root.img.gz" "$WORK/images/root.img.gz.sha256")

# The first kind that the kernel has is taken. zram has blocks of 4 KiB, and so must the file system have.
if [[ $KERNEL == stock-7 ]]; then
    for ram_disk in brd loop zram; do
        if [[ $ram_disk == zram ]]; then
            mke2fs -qF -t ext2 -b 4096 -d "$WORK/a.tree" "$WORK/blocks" 6144
            gzip -9nc "$WORK/blocks" >"$WORK/images/root.img.gz"
            with_sum "$WORK/images/root.img.gz"
        fi
        initramfs_of "${both[@]}" -- "$ram_disk"
        boot_ram_root linuxrc.ramroot=/images/root.img.gz
        expect '/images/root.img.gz: its SHA-256 is right'
        runs_from /images/root.img.gz
        expect_re "^GUEST mount: /dev/ram0 / ext[24] rw"
        if [[ $ram_disk != brd ]]; then expect_re "this kernel has no RAM disk \(brd\): .*$ram_disk"; fi
    done
    # zram takes another image once the one before, which has no init, is out of it.
    mkdir "$WORK/empty"
    mke2fs -qF -t ext2 -b 4096 -d "$WORK/empty" "$WORK/images/none.img" 4096
    initramfs_of "${both[@]}" "$WORK/images/none.img" -- zram
    boot_ram_root 'linuxrc.ramroot=/images/none.img linuxrc.ramroot.fallback=/images/root.img.gz'
    expect 'GUEST name=a' 'GUEST done'
    expect_re "^GUEST mount: /dev/ram0 / ext[24] rw"
    return 0
fi

# Flash that a disk passes for.
if [[ $KERNEL == stock-generic-7 ]]; then
    need mkfs.ubifs ubinize
    mkfs.ubifs --root="$WORK/images" --output="$WORK/ubifs" --min-io-size=1 --leb-size=65408 --max-leb-cnt=200
    printf '[data]\nmode=ubi\nimage=%s\nvol_id=0\nvol_type=dynamic\nvol_name=data\nvol_size=4MiB\n' "$WORK/ubifs" \
        >"$WORK/volumes"
    ubinize --output="$WORK/volume" --min-io-size=1 --peb-size=64KiB "$WORK/volumes"
    erased_flash "$WORK/flash" 16M "$WORK/volume"
    initramfs_of -- virtio_blk 'block2mtd block2mtd=/dev/vda,64KiB,flash' ubi zstd deflate ubifs brd ext4
    # UBI's driver gives each empty block an erase counter when it meets the flash first; then nothing writes. It does
    # so in the background, and a machine that is powered off early leaves some to the next boot.
    words='linuxrc.ramroot=ubi0:data:/root.img.gz ubi.mtd=flash'
    has_counters() {
        python3 -c 'import sys
flash = open(sys.argv[1], "rb").read()
sys.exit(any(flash[at:at + 4] != b"UBI#" for at in range(0, len(flash), 65536)))' "$WORK/flash"
    }
    for ((i = 0; i < 6; i++)); do
        ! has_counters || break
        boot --initrd "$WORK/initramfs" --append "rw $words" --disk "$WORK/flash"
    done
    has_counters || fail "UBI leaves blocks without an erase counter"
    boot_ram_root "$words" --disk "$WORK/flash"
    expect '/flash/root.img.gz: its SHA-256 is right'
    runs_from ubi0:data:/root.img.gz
    return 0
fi

initramfs_of "${both[@]}" --
boot_ram_root linuxrc.ramroot=/images/root.img.gz
expect '/images/root.img.gz: its SHA-256 is right'
runs_in_ram a
runs_from /images/root.img.gz

# These kernels have flash of their own, mtd0.
initramfs_of --
flash='block2mtd.block2mtd=/dev/vda,64KiB,rootfs'
for image in a images/root.img.gz; do
    erased_flash "$WORK/flash" 16M "$WORK/$image"
    sum=$(sha256sum <"$WORK/$image" | cut -d' ' -f1)
    known="linuxrc.ramroot.hash=sha256:$sum linuxrc.ramroot.size=$(stat -c %s "$WORK/$image")"
    for name in mtd1 mtd:rootfs; do
        boot_ram_root "linuxrc.ramroot=$name $known $flash" --disk "$WORK/flash"
        expect 'its SHA-256 is right'
        runs_in_ram a
        runs_from "$name"
    done
done

need mkfs.jffs2
mkfs.jffs2 -l -e 64KiB -r "$WORK/images" -o "$WORK/jffs2"
erased_flash "$WORK/flash" 16M "$WORK/jffs2"
boot_ram_root "linuxrc.ramroot=mtd:rootfs:/root.img.gz $flash" --disk "$WORK/flash"
expect '/flash/root.img.gz: its SHA-256 is right'
runs_in_ram a
runs_from mtd:rootfs:/root.img.gz
