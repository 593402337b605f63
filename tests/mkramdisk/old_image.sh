#!/bin/sh
# An old ext2 image as input, to resize it or to give it another block size.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
make_tree tree
find tree -exec touch -h -d @1300000000 {} +  # ext2 holds whole seconds
touch -h -d @1100000000 tree/fast
build direct -s 8m tree
build old -s 12m -b 4096 --revision 0 tree
build again -s 8m old
cmp direct again || fail "by way of an old image another one comes out"
if command -v genext2fs >/dev/null && genext2fs -B 1024 -b 9000 -m 0 -d tree theirs; then
  build ours -s 12m theirs
  [ "$(debug ours 'cat /dir/hard')" = hello ] || fail "genext2fs's image is not read"
fi
if command -v mke2fs >/dev/null && mke2fs -q -F -t ext4 -d tree theirs 32m 2>/dev/null; then
  build ours -s 12m theirs
  debug ours 'dump /dir/big big'
  cmp big tree/dir/big || fail "a file of an ext4 image differs"
fi
printf '/dev/null c 666 0 0 1 3 - - -\n/dev/far b 600 0 0 300 70000 - - -\n' >table
build nodes -s 8m -D table tree
build nodes2 -s 8m nodes
cmp nodes nodes2 || fail "device numbers change"
# Damage ends with a message, not with an image. The root's inode is all zeros.
cp direct damaged
table_block=$(dumpe2fs damaged 2>/dev/null | sed -n 's/.*Inode table at \([0-9]*\).*/\1/p')
dd if=/dev/zero of=damaged bs=128 seek=$((table_block * 8 + 1)) count=1 conv=notrunc status=none
expect 5 'damaged: inode 2' "$mkramdisk" -o bad -s 8m damaged
head -c 100000 direct >cut.ext2
expect 5 'cut.ext2: inode' "$mkramdisk" -o bad -s 8m cut.ext2
[ ! -e bad ] || fail "a failed run left an image"
