#!/bin/bash
# examples/lilo/lilo.conf is what lilo.conf(5) allows: every option is known where it stands, every value has its
# form, every path is one that make-flash-disk puts on the disk, and the three ways are there.
# shellcheck source=tests/wrap/lib.sh
. "$(dirname "$0")/lib.sh"
need python3
file=$SOURCE_DIR/examples/lilo/lilo.conf
check() { python3 "$SOURCE_DIR/tests/wrap/lilo_conf.py" "$1" /boot/vmlinuz /boot/initrd; }
check "$file" || fail "examples/lilo/lilo.conf"

# The check itself must be able to fail.
for change in 's/^lba32/lba33/' 's/^timeout=50/timeout=soon/' 's|initrd=/boot/initrd$|initrd=/boot/other|' \
    's/label=ram$/label=linux/' 's/^default=linux/default=nothing/' 's/    read-only/    timeout=5/' \
    's/append="root=\(.*\)"/append=root=\1/' '/label=floppies/d'; do
    sed "$change" "$file" >changed
    ! cmp -s changed "$file" || fail "$change changes nothing"
    ! check changed >out 2>&1 || fail "not seen: $change"
done
if command -v lilo >/dev/null; then
    lilo -t -v -C "$file" >out 2>&1 || grep -qE '/dev/hda|/boot/' out || fail "lilo refuses the file: $(<out)"
    echo "lilo read it, too"
fi
