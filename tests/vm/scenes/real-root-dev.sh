# shellcheck shell=bash
# An old /linuxrc, a shell script, names the real root through /proc/sys/kernel/real-root-dev,
# against root= of the command line. On classic the kernel obeys it; on stock-6.1 linuxrc reads the
# kernel's file; Linux 7 has none, and the script finds a stand-in wherever it mounts /proc
# (statement 19).
# kernels: classic stock-6.1 stock-7

guest_tree "$WORK/tree"
mkdir "$WORK/tree/other"
cat >"$WORK/tree/linuxrc" <<'EOF_LINUXRC'
#!/bin/sh
mount -t proc proc /proc || echo "GUEST linuxrc: mount failed"
umount /proc || echo "GUEST linuxrc: umount failed"
mount -t proc proc /other
echo "GUEST linuxrc: osrelease $(cat /other/sys/kernel/osrelease)"
while read -r major minor _ name; do
    if [ "$name" = vdb ]; then number=$((major * 256 + minor)); fi
done </other/partitions
case $(cat /other/cmdline) in *old-name*) number=0x340 ;; esac
echo $number >/other/sys/kernel/real-root-dev
echo "GUEST linuxrc: wrote $number, reads $(cat /other/sys/kernel/real-root-dev)"
(sleep 30 &) # a daemon that outlives this script
(threads &) # and one of several threads
sleep 1
umount /other || echo "GUEST linuxrc: umount failed"
EOF_LINUXRC
chmod 755 "$WORK/tree/linuxrc"
echo 'int main() { std::thread([] { sleep(30); }).detach(); std::thread([] { sleep(30); }).detach(); sleep(30); }' |
    g++ -xc++ -include thread -include unistd.h -static -pthread -s -o "$WORK/tree/bin/threads" - ||
    fail "no static program of several threads can be built"
legacy_image "$WORK/image" "$WORK/tree"
real_root "$WORK/wrong"
real_root "$WORK/right" initrd

boot_legacy "$WORK/image.gz" --disk "$WORK/wrong" --disk "$WORK/right" --append 'root=/dev/vda ro'
expect_in_order 'GUEST linuxrc: osrelease' 'GUEST linuxrc: wrote' 'GUEST init pid=1' 'GUEST initrd=full' \
    'GUEST done'
refuse 'mount failed' 'Kernel panic' 'FAILED' 'not found'
# Nothing of the stand-in is left.
refuse_re 'GUEST mount: [^ ]+ [^ ]*(stand-in|/sys/kernel)'

if is_stock; then
    # 0x340 is hdb, of a disk driver that is long gone.
    boot_legacy "$WORK/image.gz" --disk "$WORK/wrong" --disk "$WORK/right" \
        --append 'root=/dev/vda ro linuxrc.map=hda:vda,hdb:vdb old-name'
    expect_in_order 'GUEST linuxrc: wrote 0x340' 'hdb is vdb on this kernel' 'GUEST init pid=1' \
        'GUEST initrd=full' 'GUEST done'
fi
