# shellcheck shell=bash
# linuxrc as /init with an image that cannot be used. Where the image is the root the boot stops and
# says why; where the root is a disk it goes on without the image, as the kernel did.
# kernels: classic classic-7 stock-6.1 stock-7

guest_tree "$WORK/tree"
guest_init "$WORK/tree" linuxrc
# Random bytes, so that half an image is half its data.
head -c 2800k /dev/urandom >"$WORK/tree/ballast"
ram_image "$WORK/image" "$WORK/tree"
gzip -9nk "$WORK/image"
real_root "$WORK/disk"
head -c 1500000 "$WORK/image.gz" >"$WORK/cut.gz"
head -c 1500000 "$WORK/image" >"$WORK/cut"
head -c 600 /dev/zero >"$WORK/short"
gave_up='linuxrc: the boot cannot go on'

# stops IMAGE WORDS TEXT: the boot stops and says TEXT, a part of its reason.
stops() {
    boot_legacy --wrap-unseen "$1" --append "root=/dev/ram0 rw $2" --until "$gave_up"
    expect_in_order "$3" "$gave_up"
    refuse 'Kernel panic' 'GUEST'
}

# A built-in brd has the size of its configuration, whatever ramdisk_size= says of a module.
if is_stock; then
    stops "$WORK/image.gz" ramdisk_size=2048 'image too big! (4096KiB/2048KiB)'
    stops "$WORK/image" ramdisk_size=2048 'image too big! (4096KiB/2048KiB)'
fi
stops "$WORK/cut.gz" '' 'FAILED: /initrd.image'
stops "$WORK/cut" '' 'FAILED: /initrd.image'
stops "$WORK/short" '' "Couldn't find valid RAM disk image starting at 0."

boot_legacy --wrap-unseen "$WORK/cut.gz" --disk "$WORK/disk" --append 'root=/dev/vda ro'
expect_in_order 'going on without it, as the kernel did' 'GUEST init pid=1' 'GUEST root=254:0' 'GUEST done'
refuse 'GUEST root=1:0' 'Kernel panic'
