# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# mount_root finds no rootfs_data, so that what is changed goes to memory. Then the flash appears, and mount_root
# done carries everything over: files, deletions, a directory made anew, a hard link. The mount table is then what
# it would have been with the flash there at once, and the next boot finds the changes. With FULL=1 also flash
# that has changes of its own, and flash that never appears.
# kernels: classic classic-7

# shellcheck source=tests/vm/overlay.sh
. "$vm_folder/overlay.sh"
overlay_root "$WORK/root" r100
erased_flash "$WORK/flash" 4M
flash='/dev/vdb,64KiB,rootfs_data'

# boot_late WORDS: the root is vda, what becomes flash vdb.
boot_late() {
    boot --disk "$WORK/root" --disk "$WORK/flash" --append "root=/dev/vda rootfstype=squashfs ro init=/etc/preinit $1"
    expect 'GUEST mount_root=0' 'GUEST init pid=1' 'GUEST done' 'GUEST can write'
    refuse 'Kernel panic' 'FAILED'
}
changes_are_there() {
    expect 'GUEST /etc/changed=kept' 'GUEST /etc/twice=kept' 'GUEST /etc/.hidden/file=kept' \
        'GUEST /etc/delivered=absent' 'GUEST /etc/old/file=absent'
}
openwrt_mounts=('/rom squashfs' '/proc proc' '/sys sysfs' '/tmp tmpfs' '/ overlay' '/overlay jffs2')

boot_late "late=$flash"
expect 'the upper is absent: left alone' 'GUEST mount_root done=0' 'what was changed in memory is on the upper now' \
    'GUEST state=2' 'GUEST lower=build:r100' 'GUEST before'
changes_are_there
mounts_are "${openwrt_mounts[@]}"
expect_re 'GUEST mount: overlayfs:/overlay / overlay rw,noatime,lowerdir=/,upperdir=/overlay/upper,workdir=/overlay/work'
expect_re 'GUEST mount: /dev/mtdblock[0-9] /overlay jffs2 rw,noatime'

boot_late "block2mtd.block2mtd=$flash"
expect 'GUEST mount_root done=0' 'GUEST state=2'
changes_are_there
mounts_are "${openwrt_mounts[@]}"
refuse 'going on' 'in memory'
[[ -n ${FULL-} ]] || return 0

boot_late "late=$flash"
expect 'goes to upper.memory beside them' 'GUEST /overlay/upper.memory/etc/changed=kept' 'GUEST /etc/changed=kept'
boot_late "late=$flash"
expect 'an upper.memory already' 'GUEST mount_root done=0' 'GUEST /etc/changed=kept'

boot_late 'late=/dev/none,64KiB,other'
expect 'what was changed stays in memory: the upper rootfs_data is absent' 'GUEST mount_root done=1' 'GUEST /etc/changed=kept'
