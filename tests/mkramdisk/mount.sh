#!/bin/sh
# Images of every block size and revision, mounted by the kernel and compared with their source.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
make_tree tree
if [ "$(id -u)" = 0 ]; then
  mkdir tree/dev
  mknod tree/dev/null c 1 3
  mknod tree/dev/large b 300 70000
  chown 70000:80000 tree/zero
fi
for block_size in 1024 2048 4096; do
  for revision in 0 1; do
    build image -s 8m -b $block_size --revision $revision tree
    compare tree image
  done
  compare tree image ext4
done
if [ -e tree/dev/large ]; then
  mount_image ext2 image
  [ "$(stat -c %t:%T mnt/dev/large)" = "$(stat -c %t:%T tree/dev/large)" ] || fail "large numbers"
  [ "$(stat -c %t:%T mnt/dev/null)" = 1:3 ] || fail "small numbers"
  # Holes of the source are holes of the image: 5000000 bytes with a single block of data.
  [ "$(stat -c %b mnt/dir/hole)" -le 32 ] || fail "the hole takes $(stat -c %b mnt/dir/hole) sectors"
  [ "$(stat -c %b mnt/dir/all-hole)" = 0 ] || fail "a file of nothing but a hole takes blocks"
fi
