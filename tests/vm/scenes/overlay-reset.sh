# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# A factory reset each way it can be asked for: by linuxrc --factory-reset in the running system, which the next
# boot obeys; by the word linuxrc.reset, which a boot loader's flag or menu adds; by a file on a USB stick, and by
# the same stick without that file, which asks for nothing. A reset that was cut short goes on: power-cuts, and
# here one whose mark is all that was written.
# kernels: stock-7

# shellcheck source=tests/vm/overlay.sh
. "$vm_folder/overlay.sh"
# shellcheck source=tests/vm/report.sh
. "$vm_folder/report.sh"
need python3 debugfs
overlay_root "$WORK/root" r100 run
overlay_initramfs "$WORK/initramfs"
mke2fs -qF -t ext4 -m 0 "$WORK/upper" 8M >/dev/null
mke2fs -qF -t ext2 -L RESET "$WORK/stick" 1M >/dev/null
disks=(--disk "$WORK/upper" --disk "$WORK/stick")
words='linuxrc.overlay=/dev/vdb'

was_reset() {
    expect 'reset' 'GUEST state=2' 'GUEST /etc/changed=absent' 'GUEST /etc/.hidden/file=absent' \
        'GUEST /etc/delivered=delivered'
    refuse 'gone with the next boot'
}
# kept: what the boot before wrote is there.
kept() { expect 'GUEST /etc/changed=kept' 'GUEST /etc/delivered=absent'; }

boot_overlay "$words do=write" "${disks[@]}"
cp "$WORK/upper" "$WORK/used"
boot_overlay "$words do=reset" "${disks[@]}"
kept
expect '/overlay is marked: the next boot deletes what it holds'
boot_overlay "$words" "${disks[@]}"
was_reset
reported 'report["overlay"]["state"] == "resetting" and not report["degraded"]'

cp "$WORK/used" "$WORK/upper"
boot_overlay "$words linuxrc.reset" "${disks[@]}"
was_reset

cp "$WORK/used" "$WORK/upper"
boot_overlay "$words linuxrc.reset.media=LABEL=RESET" "${disks[@]}"
kept
echo please >"$WORK/factory-reset"
debugfs -w -R "write $WORK/factory-reset factory-reset" "$WORK/stick" 2>/dev/null
cp "$WORK/stick" "$WORK/stick.before"
boot_overlay "$words linuxrc.reset.media=LABEL=RESET" "${disks[@]}"
expect 'LABEL=RESET has a file factory-reset'
was_reset
cmp "$WORK/stick" "$WORK/stick.before" || fail "the stick was written to"
