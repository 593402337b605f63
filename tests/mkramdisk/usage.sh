#!/bin/sh
# Exit codes and messages; nothing is left where an image could not be made.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
make_tree tree
"$mkramdisk" --help >help.out 2>help.err || fail "--help: exit $?"
grep -q -- --device-table help.out || fail "--help names no options"
[ ! -s help.err ] || fail "--help wrote to standard error"
"$mkramdisk" --version | grep -q '^mkramdisk ' || fail "--version"
expect 2 "Try 'mkramdisk --help'" "$mkramdisk"
expect 2 'no image named' "$mkramdisk" tree
expect 2 'no source named' "$mkramdisk" -o image
expect 2 'nonsense' "$mkramdisk" --nonsense -o image tree
for bad in -b1000 -b512 --revision=2 -s0 -s12q --size=min+x --uuid=12 --reserved=60 -N0 \
  --label=12345678901234567 -tyesterday; do
  expect 2 "Try 'mkramdisk --help'" "$mkramdisk" -o image $bad tree
done
expect 2 exclude "$mkramdisk" -o image -N 100 -i 4096 tree
expect 2 SOURCE_DATE_EPOCH env SOURCE_DATE_EPOCH=now "$mkramdisk" -o image tree
expect 1 'stat nowhere: No such file' "$mkramdisk" -o image nowhere
expect 1 'no-folder/image: No such file' "$mkramdisk" -o no-folder/image -s 8m tree
expect 1 'Is a directory' "$mkramdisk" -o tree -s 8m tree
expect 4 'does not fit: needs [0-9]* KiB ([0-9]* blocks of 1024 bytes for files, 32[0-9] inodes), has 1024 KiB' \
  "$mkramdisk" -o image -s 1024k tree
expect 4 'inodes), has 8192 KiB ([0-9]* blocks, 104 inodes)' "$mkramdisk" -o image -s 8m -N 100 tree
expect 4 'does not fit' "$mkramdisk" -o image -s 8k tree
head -c 2000 /dev/urandom >random
expect 3 'random' "$mkramdisk" -o image random
[ ! -e image ] || fail "a failed run left an image"
[ "$(find . -name '.image*')" = '' ] || fail "a failed run left a temporary file"

# What was there stays there when the new image cannot be made, and is replaced when it can.
echo precious >image
expect 4 'does not fit' "$mkramdisk" -o image -s 1024k tree
grep -q precious image || fail "a failed run changed what was there"
ln -s image link
build link -s 8m tree
[ -L link ] || fail "the symbolic link was replaced"
[ "$(stat -c %s image)" = 8388608 ] || fail "the size is not what was asked for"

# What the message says is needed is enough, and one KiB less is not.
"$mkramdisk" -o small -s 1m tree 2>needs || :
needs=$(sed -E 's/.*needs ([0-9]+) KiB.*/\1/' needs)
inodes=$(sed -E 's/.*for files, ([0-9]+) inodes.*/\1/' needs)
build small -s "${needs}k" -N "$inodes" tree
expect 4 'does not fit' "$mkramdisk" -o small -s "$((needs - 1))k" -N "$inodes" tree

# A size that no group can use up is filled with zeros and said.
build short -s 8255k -N 500 tree
[ "$(stat -c %s short)" = $((8255 * 1024)) ] || fail "the file is not as large as asked"
"$mkramdisk" --dry-run -s 8255k tree | grep -q 'the last 62 KiB are too few' || fail "no word of it"
"$mkramdisk" --dry-run tree >plan || fail "--dry-run: exit $?"
grep -q 'df shows: *3963 KiB' plan || { cat plan; fail "not the capacity that df shows"; }
