# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# An overlay on ext4 over a squashfs root: a first boot, a second one that finds its changes, a reset
# that was marked, and an upper that cannot be mounted; what the boot report says of each. With FULL=1 also one that
# is missing, full, write-protected, of another firmware, quarantined, kept by sysupgrade's lists, asked to be reset,
# left in disorder, or memory by intention.
# kernels: stock-7

# shellcheck source=tests/vm/overlay.sh
. "$vm_folder/overlay.sh"
# shellcheck source=tests/vm/report.sh
. "$vm_folder/report.sh"
need python3
overlay_root "$WORK/root" r100 run
overlay_initramfs "$WORK/initramfs"
mke2fs -qF -t ext4 -m 0 "$WORK/upper" 8M >/dev/null
upper=(--disk "$WORK/upper")
# reports STATE IN_MEMORY DEGRADED
reports() {
    reported "report[\"overlay\"] == dict(upper=\"/dev/vdb\", state=\"$1\", extroot=False, in_memory=$2)"
    reported "report[\"degraded\"] == $3 and report[\"root_device\"] == \"254:0\" and report[\"stopped\"] is None"
}

boot_overlay 'linuxrc.overlay=/dev/vdb do=write' "${upper[@]}"
expect 'GUEST state=2' 'GUEST lower=build:r100' 'GUEST /etc/changed=absent' 'GUEST /etc/delivered=delivered'
expect_re 'GUEST mount: overlayfs:/overlay / overlay rw,noatime,lowerdir=/rom,upperdir=/overlay/upper,workdir=/overlay/work'
expect_re 'GUEST mount: /dev/vda /rom squashfs ro'
expect_re 'GUEST mount: /dev/vdb /overlay ext4 rw,noatime'
refuse 'going on' 'gone with the next boot'
reports fresh False False

boot_overlay 'linuxrc.overlay=/dev/vdb:ext4 do=pending' "${upper[@]}"
reports ready False False
expect 'GUEST state=2' 'GUEST /etc/changed=kept' 'GUEST /etc/delivered=absent' 'GUEST /etc/.hidden/file=kept'
refuse 'going on'

boot_overlay 'linuxrc.overlay=/dev/vdb' "${upper[@]}"
expect 'the upper is resetting: reset' 'GUEST state=2' 'GUEST /etc/changed=absent' 'GUEST /etc/.hidden/file=absent' \
    'GUEST /etc/delivered=delivered' 'GUEST can write'
reports resetting False False

# The superblock's checksum is wrong: no driver takes it, and nobody else does either.
cp "$WORK/upper" "$WORK/corrupt"
printf 'garbage' | dd of="$WORK/corrupt" bs=1 seek=1100 conv=notrunc status=none
cp "$WORK/corrupt" "$WORK/corrupt.before"
boot_overlay 'linuxrc.overlay=/dev/vdb linuxrc.overlay.size=4M' --disk "$WORK/corrupt"
expect 'the upper is corrupt: left alone' 'gone with the next boot' 'GUEST can write'
expect_re 'GUEST mount: tmpfs /overlay tmpfs rw,noatime,size=4096k'
cmp "$WORK/corrupt" "$WORK/corrupt.before" || fail "a corrupt upper was written to"
reports corrupt True True
[[ -n ${FULL-} ]] || return 0

boot_overlay 'linuxrc.overlay=/dev/vdb'
expect 'find root /dev/vdb: no such device after 5 s' 'the upper is absent: left alone' 'GUEST can write'
reports absent True True

# Its journal would have to be replayed, and cannot be.
cp "$WORK/upper" "$WORK/protected"
debugfs -w -R 'feature needs_recovery' "$WORK/protected" >/dev/null 2>&1
boot_overlay 'linuxrc.overlay=/dev/vdb' -- -drive "if=virtio,format=raw,readonly=on,file=$WORK/protected"
expect 'the upper is corrupt: left alone' 'GUEST can write'
reports corrupt True True

boot_overlay 'linuxrc.overlay=tmpfs:size=2M'
expect_re 'GUEST mount: tmpfs /overlay tmpfs rw,noatime,size=2048k'
refuse 'going on' 'gone with the next boot'

boot_overlay 'linuxrc.overlay=/dev/vdb do=write' "${upper[@]}"
overlay_root "$WORK/next" r101 run
mv "$WORK/root" "$WORK/first"
mv "$WORK/next" "$WORK/root"
cp "$WORK/upper" "$WORK/upper.r100"
boot_overlay 'linuxrc.overlay=/dev/vdb' "${upper[@]}"
expect 'the upper is foreign: used as it is' 'GUEST lower=build:r101' 'GUEST /etc/changed=kept'
reports foreign False False
cp "$WORK/upper.r100" "$WORK/upper"
boot_overlay 'linuxrc.overlay=/dev/vdb linuxrc.overlay.foreign=quarantine do=stale' "${upper[@]}"
expect 'the upper is foreign: set aside' 'GUEST lower=build:r101' 'GUEST /etc/changed=absent' \
    'GUEST /overlay/upper.1/etc/changed=kept' 'GUEST /etc/delivered=delivered'
boot_overlay 'linuxrc.overlay=/dev/vdb' "${upper[@]}"
expect 'GUEST can write'
refuse 'the overlay is read-only' 'going on'
cp "$WORK/upper.r100" "$WORK/upper"
boot_overlay 'linuxrc.overlay=/dev/vdb linuxrc.overlay.foreign=tmpfs' "${upper[@]}"
expect 'the upper is foreign: left alone' 'GUEST /etc/changed=absent'
cp "$WORK/upper.r100" "$WORK/upper"
boot_overlay 'linuxrc.overlay=/dev/vdb linuxrc.overlay.foreign=listed do=write' "${upper[@]}"
expect 'the upper is foreign: set aside but for the listed files' 'listed files and directories are kept' \
    'GUEST lower=build:r101' 'GUEST /etc/changed=kept' 'GUEST /etc/.hidden/file=absent' \
    'GUEST /etc/delivered=delivered' 'GUEST /overlay/upper.1/etc/changed=kept'
boot_overlay 'linuxrc.overlay=/dev/vdb linuxrc.overlay.foreign=listed' "${upper[@]}"
expect 'GUEST /etc/changed=kept' 'GUEST can write'
refuse 'the upper is foreign' 'going on'
boot_overlay 'linuxrc.overlay=/dev/vdb linuxrc.reset' "${upper[@]}"
expect 'reset' 'GUEST /etc/changed=absent' 'GUEST lower=build:r101'

# Every block and inode is taken; what is there is shown all the same.
cp "$WORK/upper.r100" "$WORK/upper"
mkdir "$WORK/mnt"
mount -o loop "$WORK/upper" "$WORK/mnt" || skip "mounting needs root: the full upper was not tried"
dd if=/dev/zero of="$WORK/mnt/upper/filler" bs=64k 2>/dev/null || true
umount "$WORK/mnt"
boot_overlay 'linuxrc.overlay=/dev/vdb' "${upper[@]}"
expect 'GUEST /etc/changed=kept'
