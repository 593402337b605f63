# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# A chain of roots. The first root is broken in this boot: the next one is mounted, and the reason is
# in GRUB's environment block. The first root boots and never says so: after two tries it is the
# next one's turn, and that one says so. The boot report in /run is JSON and tells of it.
# kernels: classic stock-7

# shellcheck source=tests/vm/report.sh
. "$vm_folder/report.sh"
need grub-editenv python3
linuxrc_tree "$WORK/tree"
legacy_image "$WORK/image" "$WORK/tree"
real_root "$WORK/first" initrd
real_root "$WORK/second" initrd run
install -m 755 "$(tool linuxrc)" "$WORK/second.tree/bin/linuxrc"
# The second root's init mounts the counter's disk and gives the word.
cat >"$WORK/word" <<'EOF'
while read -r line; do echo "REPORT $line"; done </run/linuxrc.json
mount -t tmpfs tmpfs /tmp
mknod /tmp/vdc b 254 32
mount -t ext2 /tmp/vdc /mnt && linuxrc --booted /mnt/grub/grubenv && umount /mnt && echo "GUEST said so"
EOF
sed -i "/^memory init\$/r $WORK/word" "$WORK/second.tree/sbin/init"
guest_image "$WORK/second" "$WORK/second.tree" 16384
mkdir -p "$WORK/count/grub"
grub-editenv "$WORK/count/grub/grubenv" create
grub-editenv "$WORK/count/grub/grubenv" set saved_entry=0
guest_image "$WORK/counter" "$WORK/count"
truncate -s 4M "$WORK/empty"

words='root=/dev/ram0 init=/linuxrc real_root=/dev/vda,/dev/vdb linuxrc.env=/dev/vdc:/grub/grubenv linuxrc.tries=2 ro'
# chain FIRST: boots with FIRST as the first root; the counter is then in $WORK/env.
chain() {
    boot_legacy "$WORK/image.gz" --disk "$1" --disk "$WORK/second" --disk "$WORK/counter" --append "$words"
    debugfs -R "dump /grub/grubenv $WORK/env" "$WORK/counter" 2>/dev/null
    [[ $(stat -c %s "$WORK/env") == 1024 ]] || fail "the counter has another size"
    grub-editenv "$WORK/env" list >"$WORK/list"
    refuse 'Kernel panic' 'FAILED'
}
# counted TEXT...: grub-editenv lists each line.
counted() {
    local line
    for line; do grep -qxF -e "$line" "$WORK/list" || fail "the counter lacks $line: $(<"$WORK/list")"; done
}

chain "$WORK/empty"
expect_in_order 'mount root /dev/vda (254:0) on /root as' 'going on with the next root' 'GUEST root=254:16' \
    'GUEST said so' 'GUEST done'
reported 'report["degraded"] and report["root"] == "/dev/vdb" and "/dev/vda" in report["degraded_because"][0]'
reported 'any("mount root" in s["step"] and "error" in s for s in report["steps"])'
counted saved_entry=0 linuxrc_root=/dev/vda
grep -q '^linuxrc_reason=/dev/vda: mount root /dev/vda' "$WORK/list" || fail "no reason is left: $(<"$WORK/list")"

chain "$WORK/first"
expect_in_order 'a boot before this one went on with another root: /dev/vda: mount root' 'GUEST root=254:0' \
    'GUEST done'
counted linuxrc_root=/dev/vda linuxrc_tries=1
if grep -q reason "$WORK/list"; then fail "the reason stays though the first root was booted"; fi
chain "$WORK/first"
expect 'GUEST root=254:0'
counted linuxrc_tries=2
chain "$WORK/first"
expect_in_order 'started 2 times, and no boot reached user space' 'GUEST root=254:16' 'GUEST said so' 'GUEST done'
reported 'report["degraded"] and report["root"] == "/dev/vdb" and "tries" in report["root_chosen"]'
counted saved_entry=0 linuxrc_root=/dev/vdb \
    'linuxrc_reason=/dev/vda: started 2 times, and no boot reached user space'
if grep -q tries "$WORK/list"; then fail "--booted left the tries"; fi
