#!/bin/sh
# -s min is never larger than the smallest image that tuned genext2fs and mke2fs -d make of the same
# tree: no reserved blocks, no more inodes than needed, sizes tried until they are refused. On the
# 30 MB tree of the benchmark, on one of small files, on one of large files, links and holes, on one of
# next to nothing, and on one that takes little more than a block group.
# shellcheck source-path=SCRIPTDIR source=lib.sh
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
need perl
FULL=${FULL:-}
need genext2fs
need mke2fs

"$here/../lib/make-tree" root 3000 10000 300
"$here/../lib/make-tree" small 4000 300 1
make_tree mixed
"$here/../lib/make-tree" mixed/large 6 900000 2
"$here/../lib/make-tree" few 3 2000 1
mkdir over && head -c 8440000 /dev/urandom >over/file

# What a peer makes of $tree in so many blocks; false where it refuses, or makes what is no file system.
genext2fs_of() { genext2fs -z -B "$block_size" -m 0 -N "$inodes" -b "$1" -d "$tree" peer >peer.log 2>&1 && sound; }
mke2fs_of() {
  rm -f peer
  mke2fs -q -F -t ext2 -b "$block_size" -I 128 -m 0 -N "$inodes" -O none,filetype,sparse_super \
    -d "$tree" peer "$(($1 * block_size / 1024))k" >peer.log 2>&1 && sound
}
sound() { e2fsck -fn peer >peer.fsck 2>&1; }

# smallest_of PEER: the fewest blocks that it takes, into $least; at most 100 below ours are tried.
smallest_of() {
  few=$((ours > 100 ? ours - 100 : 1)) least=$((ours + 200))
  "$1_of" $least || fail "$1 makes nothing of $tree in $least blocks: $(tail -1 peer.log)"
  while [ $((least - few)) -gt 1 ]; do
    try=$(((few + least) / 2))
    if "$1_of" $try; then least=$try; else few=$try; fi
  done
}

for tree in root small mixed few over; do
  # Peers need an inode for lost+found, which min leaves out.
  inodes=$(($(find $tree -printf '%i\n' | sort -u | wc -l) + 11))
  for block_size in 1024 $([ "$tree$FULL" = root ] || echo 4096); do
    build image -s min -b "$block_size" $tree
    ours=$(($(stat -c %s image) / block_size))
    for peer in genext2fs mke2fs; do
      smallest_of $peer
      echo "$tree, $block_size: mkramdisk $ours blocks, $peer $least"
      [ $ours -le $least ] || fail "$tree, $block_size: $ours blocks, and $peer does it in $least"
      # What is refused at one size may be taken at a smaller one: group geometry makes steps.
      for less in 1 5 34; do
        ! "${peer}_of" $((ours - less)) || fail "$tree, $block_size: $ours blocks, and $peer does it in $((ours - less))"
      done
    done
  done
  # One block less holds it no more, said before anything is written.
  expect 4 'does not fit' "$mkramdisk" -b "$block_size" -s $(((ours - 1) * block_size / 1024))k -N $((inodes - 1)) -o less $tree
done

# What the benchmark's 30 MB tree took when this was written; it may only become less.
"$mkramdisk" -s min -o image root
[ "$(stat -c %s image)" -le $((32639 * 1024)) ] || fail "root takes $(($(stat -c %s image) / 1024)) blocks"
