# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# The boot report of boots that do not end in another root: one that stops, as its emergency shell finds it; one
# that stays on the image; of /linuxrc as the kernel runs it, on the old root at /initrd; of an overlay over the
# image; of mount_root that a script calls. Python reads each.
# kernels: classic stock-7

# shellcheck source=tests/vm/report.sh
. "$vm_folder/report.sh"
need python3
linuxrc_tree "$WORK/tree"
guest_init "$WORK/tree"
tell_report "$WORK/tree"
mkdir "$WORK/tree"/{run,rom,overlay}
# The shell reads this file first: it is interactive, and the kernel hands ENV= to it.
cat >"$WORK/tree/etc/shell" <<'END'
echo "GUEST shell"
while read -r line; do echo "REPORT $line"; done </run/linuxrc.json
echo "GUEST done"
sleep 0.5
/bin/poweroff
END
# As OpenWrt's: it runs before init, and mount_root is not the first process.
cat >"$WORK/tree/etc/preinit" <<'END'
#!/bin/sh
PATH=/bin:/sbin
[ -e /proc/mounts ] || mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mount_root ram
echo "GUEST mount_root=$?"
exec /sbin/init
END
chmod 755 "$WORK/tree/etc/preinit"
ln -s ../linuxrc "$WORK/tree/sbin/mount_root"
legacy_image "$WORK/image" "$WORK/tree"
real_root "$WORK/disk" initrd
tell_report "$WORK/disk.tree" /initrd/run/linuxrc.json
guest_image "$WORK/disk" "$WORK/disk.tree" 8192

boot_legacy "$WORK/image.gz" --append 'root=/dev/ram0 rw init=/linuxrc real_root=/dev/nosuch rootwait=1 ENV=/etc/shell'
expect_in_order 'FAILED: find root /dev/nosuch' 'GUEST shell' 'GUEST done'
reported 'report["stopped"]["step"].startswith("find root /dev/nosuch") and report["degraded"]'
reported '"no such device" in report["stopped"]["why"] and report["role"].startswith("init=/linuxrc")'

boot_legacy "$WORK/image.gz" --append 'root=/dev/ram0 rw init=/linuxrc'
expect_in_order 'the system runs in RAM' 'GUEST init pid=1' 'GUEST done'
reported 'report["root_chosen"] == "the image is the root" and report["init"] == "/sbin/init"'
reported 'report["stopped"] is None and not report["degraded"] and all(s["ms"] >= 0 for s in report["steps"])'

boot_legacy "$WORK/image.gz" --disk "$WORK/disk" --append 'root=/dev/vda rw'
expect_in_order 'GUEST init pid=1' 'GUEST initrd=full' 'GUEST done'
reported 'report["role"] == "/linuxrc, run by the kernel" and report["root"] == "/dev/vda"'
reported 'report["root_device"] == "254:0" and report["complete"]'

# A wrapped image gets the overlay's driver only by hand.
wrap=()
if is_stock; then wrap=(--wrap-unseen); fi
boot_legacy ${wrap[@]+"${wrap[@]}"} "$WORK/image.gz" --append 'root=/dev/ram0 rw init=/linuxrc linuxrc.overlay=tmpfs'
expect_in_order 'GUEST init pid=1' 'GUEST done'
expect_re 'GUEST mount: overlayfs:/overlay / overlay'
if is_stock; then
    # linuxrc as /init has laid it; the report is that of init=/linuxrc, which lays no other over it.
    expect '/ is an overlay already: no other is laid over it'
    reported 'report["role"].startswith("init=/linuxrc") and not report["degraded"]'
else
    reported 'report["role"].startswith("mount_root") and any("overlay" in s["step"] for s in report["steps"])'
fi

boot_legacy ${wrap[@]+"${wrap[@]}"} "$WORK/image.gz" --append 'root=/dev/ram0 rw init=/etc/preinit'
expect_in_order 'GUEST mount_root=0' 'GUEST init pid=1' 'GUEST done'
expect_re 'GUEST mount: overlayfs:[^ ]* / overlay'
expect_re 'GUEST mount: tmpfs /run tmpfs'
reported 'report["role"].startswith("mount_root") and report["init"] == "" and report["stopped"] is None'
reported 'report["complete"] and any("overlay" in s["step"] for s in report["steps"])'
