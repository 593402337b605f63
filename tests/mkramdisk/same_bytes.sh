#!/bin/sh
# The same input gives the same bytes, whatever the machine around it does.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
make_tree tree
build one -s 8m tree
sleep 1
find tree -type f -exec cat {} + >/dev/null  # new access times
cp -a tree copy
rm -rf copy/many && mkdir copy/many
# The same names made in another order, so that readdir gives another.
for i in $(seq 299 -1 0); do : >"copy/many/a_name_that_is_long_enough_to_fill_blocks_$i"; done
(cd tree && find many -exec touch -r {} ../copy/{} \;)
touch -r tree copy
(umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 "$mkramdisk" -o two -s 8m copy)
cmp one two || fail "a copy of the tree gives another image"
for jobs in 1 2 7; do
  build jobs -j $jobs -s 8m tree
  cmp one jobs || fail "$jobs threads give another image"
done
"$mkramdisk" -o - -s 8m tree >three
cmp one three || fail "standard output gives another image"
"$mkramdisk" -o - -s 8m tree | cat >four
cmp one four || fail "a pipe gives another image"
touch tree/a
build five -s 8m tree
! cmp -s one five || fail "a changed time changes nothing"

build epoch -s 8m -t 0 tree
dumpe2fs -h epoch 2>/dev/null | grep -q 'write time: *Thu Jan  1 00:00:00 1970' ||
  TZ=UTC dumpe2fs -h epoch 2>/dev/null | grep -q 'write time: *Thu Jan  1 00:00:00 1970' ||
  fail "-t 0 is not in the superblock"
[ "$(debug epoch 'stat /a' | grep -c '0x00000000')" -ge 3 ] || fail "-t 0 is not in the inode"
export SOURCE_DATE_EPOCH=1150000000
build clamped -s 8m tree
debug clamped 'stat /a' | grep -q "mtime: 0x448b9b80" || fail "SOURCE_DATE_EPOCH does not clamp"
debug clamped 'stat /fast' | grep -q "mtime: 0x4190ab00" || fail "SOURCE_DATE_EPOCH makes older files newer"
unset SOURCE_DATE_EPOCH

build named -s 8m --uuid 01234567-89ab-cdef-0123-456789abcdef --label rescue --reserved 5 tree
dumpe2fs -h named 2>/dev/null >header
grep -q 'UUID: *01234567-89ab-cdef-0123-456789abcdef' header || fail "--uuid"
grep -q 'volume name: *rescue$' header || fail "--label"
grep -q 'Reserved block count: *409$' header || fail "--reserved"
grep -q 'features: *filetype sparse_super$' header || fail "features that Linux 2.4 may not know"
