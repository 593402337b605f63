#!/bin/bash
# What make-flash-disk gives to LILO, where that is installed. Debian 12 has none, so that a program of that name
# stands in for it here, which notes how it is called and what it finds: nothing is booted.
# shellcheck source=tests/wrap/lib.sh
. "$(dirname "$0")/lib.sh"
need sfdisk losetup python3
((EUID == 0)) || skip "loop devices need root"
losetup -f >/dev/null 2>&1 || skip "there is no loop device"

small_image ext2 2048
gzip -9n ext2
head -c 3M /dev/urandom >vmlinuz
mkdir fake
cat >fake/lilo <<'END'
#!/bin/bash
echo "$@" >>"$RECORD/arguments"
[[ $1 == -r ]] || exit 1
cp "$2/etc/lilo.conf" "$RECORD/conf"
sed -n 's/^ *\(boot\|disk\|partition\)=//p' "$2/etc/lilo.conf" | while read -r device; do
    [[ -b $2$device ]] || echo "no device $device" >>"$RECORD/missing"
done
cmp "$2/boot/vmlinuz" "$RECORD/vmlinuz" && cmp "$2/boot/initrd" "$RECORD/ext2.gz" || echo files >>"$RECORD/missing"
END
chmod 755 fake/lilo
RECORD=$work PATH=$work/fake:$PATH "$SOURCE_DIR/examples/lilo/make-flash-disk" -l lilo -k vmlinuz -i ext2.gz -s 10 \
    -o disk >log 2>&1 || fail "make-flash-disk: $(<log)"
grep -q '10 MiB, .* boots by lilo' log || fail "not said: $(<log)"
grep -qxE -e '-r [^ ]+ -C /etc/lilo.conf' arguments || fail "called by: $(<arguments)"
[[ ! -e missing ]] || fail "LILO would miss: $(<missing)"
python3 "$SOURCE_DIR/tests/wrap/lilo_conf.py" conf /boot/vmlinuz /boot/initrd >problems ||
    grep -qx 'there is no entry for (a)' problems || fail "the lilo.conf: $(<problems)"
# A root device of another machine is no device here, and LILO would look for it.
! grep -q '^ *root=' conf || fail "LILO would look up a root= on this machine"
grep -q 'append="root=/dev/hda1"' conf || fail "root=/dev/hda1 is lost"
[[ -z $(losetup -j disk) ]] || fail "loop devices are left: $(losetup -j disk)"
[[ $(stat -c %s disk) == $((10 << 20)) ]] || fail "the disk has $(stat -c %s disk) bytes"

# Where LILO is missing that is said, and another loader taken.
for loader in lilo extlinux grub-mkimage; do ! command -v "$loader" >/dev/null || [[ $loader == lilo ]] || other=1; done
if [[ -n ${other-} ]] && ! command -v lilo >/dev/null; then
    "$SOURCE_DIR/examples/lilo/make-flash-disk" -k vmlinuz -i ext2.gz -s 10 -o disk >log 2>&1 || fail "$(<log)"
    grep -q '^lilo is not installed' log || fail "not said that LILO is missing: $(<log)"
fi
