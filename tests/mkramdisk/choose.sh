#!/bin/sh
# What goes in and how large it becomes: min, --sparse, --exclude, --owner-map, -U, tables.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
make_tree tree
head -c 500000 /dev/zero >tree/zeros
{ head -c 5000 /dev/urandom; head -c 100000 /dev/zero; echo end; } >tree/mixed

for block_size in 1024 2048 4096; do
  build smallest -s min -b $block_size tree
  "$mkramdisk" --dry-run -s min -b $block_size tree >plan
  size=$(stat -c %s smallest)
  grep -q "^image: *$size bytes" plan || fail "the plan names another size"
  dumpe2fs -h smallest 2>/dev/null | grep -q '^Free blocks: *0$' || fail "min leaves free blocks"
  build slack -s min+10% -b $block_size tree
  [ "$(stat -c %s slack)" -ge $((size * 110 / 100)) ] || fail "min+10% is smaller than that"
  build more -s min+512k -b $block_size tree
  [ "$(stat -c %s more)" -ge $((size + 524288)) ] || fail "min+512k is smaller than that"
  # Never larger than the smallest that mke2fs -d can do, tuned, found by trial near our size.
  if command -v mke2fs >/dev/null; then
    inodes=$(dumpe2fs -h smallest 2>/dev/null | sed -n 's/^Inode count: *//p')
    ! mke2fs -q -F -t ext2 -I 128 -b $block_size -N "$inodes" -m 0 -O none,filetype,sparse_super \
      -d tree theirs $(((size - block_size) / 1024))k >/dev/null 2>&1 ||
      fail "mke2fs -d fits the tree into fewer blocks"
  fi
  [ "$(id -u)" = 0 ] && compare tree smallest
done
build dense -s 8m tree
build sparse -s 8m --sparse tree
[ "$(debug dense 'stat /zeros' | sed -n 's/.*Blockcount: //p')" -gt 900 ] || fail "zeros vanished unasked"
debug sparse 'stat /zeros' | grep -q 'Blockcount: 0$' || fail "--sparse keeps zeros"
[ "$(id -u)" = 0 ] && compare tree sparse

build fewer -s 8m --exclude many --exclude '/dir/b*' --exclude '*59' tree
debug fewer 'ls -p /' | grep -q '/many/' && fail "an excluded name is there"
debug fewer 'ls -p /dir' | grep -q '/big/' && fail "an excluded path is there"
debug fewer 'ls -p /dir' | grep -q '/direct/' || fail "a name that is not excluded is missing"
if [ "$(id -u)" = 0 ]; then
  chown 1000:1001 tree/a && chown -h 70000:5 tree/fast
  build mapped -s 8m --owner-map u:1000:42 --owner-map 65536:100000:10000 tree
  debug mapped 'stat /a' | grep -q 'User: *42 *Group: *1001' || fail "--owner-map of one user"
  debug mapped 'stat /fast' | grep -q 'User: *104464 *Group: *5' || fail "--owner-map of a range"
fi
expect 2 'owner-map' "$mkramdisk" -o x --owner-map 1 tree
printf '/a f 600 7 8 - - - - -\n/dev/ttyS c 620 0 5 4 64 0 1 4\n/pipe p 600 9 9\n' >table
build owned -s 8m -U -D table --lost+found tree
debug owned 'stat /zero' | grep -q 'User: *0 *Group: *0' || fail "-U"
debug owned 'stat /a' | grep -q 'Mode:  0600.*' || fail "the table does not set modes"
debug owned 'stat /a' | grep -q 'User: *7 *Group: *8' || fail "-U undoes the table"
debug owned 'stat /dev/ttyS3' | grep -q 'major/minor number: 04:67' || fail "the range of the table"
debug owned 'ls -p /' | grep -q '/lost+found/' || fail "--lost+found"
[ "$(debug owned 'cat /dir/hard')" = hello ] || fail "hard links"

# Files beyond 2 GiB, many groups, directories of any size.
mkdir large && truncate -s 3g large/file && echo end >>large/file
mkdir large/many && (cd large/many && seq 20000 | xargs touch)
build groups -s 200m large
[ "$(id -u)" = 0 ] && compare large groups
dumpe2fs -h groups 2>/dev/null | grep -q large_file || fail "large_file is not set"
# Links of a file: 32000 and no more. Subdirectories likewise.
mkdir links && : >links/0
(cd links && i=1 && while [ $i -le 300 ]; do ln 0 $i; i=$((i + 1)); done)
build linked -s 8m links
debug linked 'stat /0' | grep -q 'Links: 301' || fail "link count"
touch -d '2100-01-01 00:00:00 UTC' links/300
"$mkramdisk" -o late -s 8m links 2>warning || fail "late times are not clamped"
grep -q 'warning: /0: its time is outside of 1901 to 2038' warning || fail "clamped without a word"
check_image late
expect 3 'outside of 1901 to 2038' "$mkramdisk" -o never -s 8m --late-times refuse links
