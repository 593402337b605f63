#!/bin/sh
# Sources that cannot be read, and runs that are cut short.
. "$(dirname "$0")/lib.sh"
make_tree tree

# A signal leaves nothing behind. The pipe that is never written holds the reading up.
mkfifo gate
( exec "$mkramdisk" -D gate -o image -s 8m tree ) &
victim=$!
sleep 0.3
kill -TERM $victim
wait $victim 2>/dev/null && fail "survived SIGTERM"
[ "$(find . -name '*image*')" = '' ] || fail "SIGTERM left something behind"

# Disk full at the output: named, exit 1, nothing under the final name.
if [ "$(id -u)" = 0 ]; then
  mkdir -p small
  if mount -t tmpfs -o size=1m none small 2>/dev/null; then
    mounted=$PWD/small
    expect 1 'No space left' "$mkramdisk" -o small/image -s 8m tree
    [ "$(ls -A small)" = '' ] || fail "a full disk left something behind"
    umount small && mounted=
  fi
fi
expect 1 'No space left' "$mkramdisk" -o /dev/full -s 8m tree

if [ "$(id -u)" = 0 ]; then
  # As another user: a file that may not be read, a folder that may not be entered.
  need setpriv
  chmod 755 "$work"
  cp "$mkramdisk" ./mkramdisk && chmod 755 mkramdisk && mkdir -m 777 out
  as_user="setpriv --reuid 65534 --regid 65534 --clear-groups"
else
  mkdir out && as_user= && cp "$mkramdisk" ./mkramdisk
fi
chmod 0000 tree/dir/big
expect 1 'open tree/dir/big: Permission denied' $as_user ./mkramdisk -o out/image -s 8m tree
chmod 0644 tree/dir/big
chmod 0000 tree/many
expect 1 'open tree/many: Permission denied' $as_user ./mkramdisk -o out/image -s 8m tree
chmod 0755 tree/many
[ "$(ls -A out)" = '' ] || fail "a failed run left something behind"
# Owners of others are kept, and nodes come from a table: none of it needs root.
printf '/dev/null c 666 0 0 1 3 - - -\n' >table
$as_user ./mkramdisk -o out/image -s 8m -D table tree || fail "not without root"
check_image out/image
debug out/image 'stat /dev/null' | grep -q 'Device major/minor number: 01:03' || fail "no node"
