# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# mount_root, called by a script that the kernel starts on a squashfs root, with jffs2 on an erased flash
# partition rootfs_data: a first boot and one that finds its changes; the mount table is OpenWrt's. With FULL=1
# also a reset from the running system, no rootfs_data, the argument ram, a partition that begins with
# 0xdeadc0de, and init=/linuxrc as PID 1.
# kernels: classic classic-7

# shellcheck source=tests/vm/overlay.sh
. "$vm_folder/overlay.sh"
overlay_root "$WORK/root" r100
# Erased flash is all ones.
erased_flash "$WORK/flash" 4M
flash=(--disk "$WORK/flash")
data='block2mtd.block2mtd=/dev/vdb,64KiB,rootfs_data'

# boot_flash WORDS [OPTION...]
boot_flash() {
    local words=$1
    shift
    boot --disk "$WORK/root" "$@" --append "root=/dev/vda rootfstype=squashfs ro $words"
    expect 'GUEST init pid=1' 'GUEST done'
    refuse 'Kernel panic' 'FAILED'
}
openwrt_mounts=('/rom squashfs' '/proc proc' '/sys sysfs' '/tmp tmpfs' '/ overlay')

boot_flash "init=/etc/preinit do=write $data" "${flash[@]}"
expect 'GUEST mount_root=0' 'GUEST mount_root done=0' 'GUEST before' 'GUEST state=2' 'GUEST lower=build:r100'
mounts_are "${openwrt_mounts[@]}" '/overlay jffs2'
expect_re 'GUEST mount: overlayfs:/overlay / overlay rw,noatime,lowerdir=/,upperdir=/overlay/upper,workdir=/overlay/work'
expect_re 'GUEST mount: mtd:rootfs_data /overlay jffs2 rw,noatime'
refuse 'going on'

boot_flash "init=/etc/preinit do=reset $data" "${flash[@]}"
expect 'GUEST state=2' 'GUEST /etc/changed=kept' 'GUEST /etc/.hidden/file=kept' 'GUEST /etc/delivered=absent' \
    'the next boot deletes'
[[ -n ${FULL-} ]] || return 0

boot_flash "init=/etc/preinit $data" "${flash[@]}"
expect 'the upper is resetting: reset' 'GUEST /etc/changed=absent' 'GUEST /etc/delivered=delivered' 'GUEST can write'

boot_flash 'init=/etc/preinit'
expect 'the upper is absent: left alone' 'GUEST mount_root=0' 'GUEST can write'
mounts_are "${openwrt_mounts[@]}" '/tmp/root tmpfs'

boot_flash "init=/etc/preinit argument=ram $data" "${flash[@]}"
mounts_are "${openwrt_mounts[@]}" '/tmp/root tmpfs'

# An image ends with the mark; what an older firmware left behind it must not come back.
need mkfs.jffs2
mkdir "$WORK/old"
mkdir -p "$WORK/old/upper/etc"
echo stale >"$WORK/old/upper/etc/changed"
mkfs.jffs2 -l -e 64KiB -r "$WORK/old" -o "$WORK/old.jffs2"
erased_flash "$WORK/dead" 4M "$WORK/old.jffs2" 64K
printf '\xde\xad\xc0\xde' | dd of="$WORK/dead" conv=notrunc status=none
boot_flash "init=/etc/preinit do=write $data" --disk "$WORK/dead"
expect 'erasing 64 blocks of 64 KiB' 'GUEST state=2' 'GUEST /etc/changed=absent'
mounts_are "${openwrt_mounts[@]}" '/overlay jffs2'
boot_flash "init=/etc/preinit $data" --disk "$WORK/dead"
expect 'GUEST /etc/changed=kept' 'GUEST can write'
refuse 'erasing'

boot_flash "init=/sbin/linuxrc real_init=/sbin/init linuxrc.overlay=mtd:rootfs_data $data" "${flash[@]}"
expect 'GUEST init pid=1' 'GUEST state=2' 'GUEST can write'
