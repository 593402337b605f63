#!/bin/sh
# Sources that cannot be read, and runs that are cut short.
# shellcheck source-path=SCRIPTDIR source=lib.sh
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

# Disk full at every write: a disk that is 64 KiB larger each time, until the image fits.
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=64k none small 2>/dev/null; then
  mounted=$PWD/small
  for method in none zstd:1; do
    kib=64 fits=
    while [ -z "$fits" ] && [ $kib -lt 9000 ]; do
      mount -o remount,size=${kib}k small
      got=0
      "$mkramdisk" -o small/image -s 8m -z $method tree 2>full.err || got=$?
      case $got in
        0) fits=yes && rm small/image ;;
        1) grep -q 'No space left' full.err || fail "at $kib KiB: $(cat full.err)" ;;
        *) fail "at $kib KiB: exit $got" ;;
      esac
      [ "$(ls -A small)" = '' ] || fail "at $kib KiB something was left behind"
      kib=$((kib + 64))
    done
    { [ -n "$fits" ] && [ $kib -gt 1000 ]; } || fail "the disk was never full, or always"
  done
  umount small && mounted=
fi

# A file that changes while it is read is named. The pipe holds mkramdisk up after its scan.
mkfifo gate2
( "$mkramdisk" -D gate2 -o image -s 8m tree 2>changed.err && code=0 || code=$?; echo "$code" >changed.code ) &
sleep 0.5
echo more >>tree/a
echo >gate2
wait
[ "$(cat changed.code)" = 1 ] || fail "a file that changed was taken"
grep -q 'tree/a: changed while it was read\|tree/dir/hard: changed' changed.err || fail "$(cat changed.err)"
rm gate2 && mkfifo gate2
( "$mkramdisk" -D gate2 -o image -s 8m tree 2>changed.err && code=0 || code=$?; echo "$code" >changed.code ) &
sleep 0.5
rm tree/zero tree/dir/direct
echo >gate2
wait
[ "$(cat changed.code)" = 1 ] || fail "a file that vanished was taken"
grep -q 'tree/dir/direct: No such file' changed.err || fail "$(cat changed.err)"
[ ! -e image ] || fail "a failed run left an image"

if [ "$(id -u)" = 0 ]; then
  # As another user: a file that may not be read, a folder that may not be entered.
  need setpriv
  chmod 755 "$work"
  cp "$mkramdisk" ./mkramdisk && chmod 755 mkramdisk && mkdir -m 777 out
  as_user() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
else
  as_user() { "$@"; }
  mkdir out && cp "$mkramdisk" ./mkramdisk
fi
chmod 0000 tree/dir/big
expect 1 'open tree/dir/big: Permission denied' as_user ./mkramdisk -o out/image -s 8m tree
chmod 0644 tree/dir/big
chmod 0000 tree/many
expect 1 'open tree/many: Permission denied' as_user ./mkramdisk -o out/image -s 8m tree
chmod 0755 tree/many
[ "$(ls -A out)" = '' ] || fail "a failed run left something behind"
# Owners of others are kept, and nodes come from a table: none of it needs root.
printf '/dev/null c 666 0 0 1 3 - - -\n' >table
as_user ./mkramdisk -o out/image -s 8m -D table tree || fail "not without root"
check_image out/image
debug out/image 'stat /dev/null' | grep -q 'Device major/minor number: 01:03' || fail "no node"
