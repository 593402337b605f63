#!/bin/sh
# Archives into a fixed size go in one pass: their bytes are written where they belong as they come,
# in little memory and without a temporary file.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need tar
need cpio
make_tree tree
rm tree/dir/slow-hard tree/slow  # GNU cpio loses hard links between symbolic links
head -c 500000 /dev/zero >tree/zeros
find tree -exec touch -h -d @1300000000 {} +
archive() { (cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc --quiet); }
tar -C tree --sparse -cf tree.tar .
archive tree >tree.cpio

# same FOLDER IMAGE: read back, the image holds what the folder holds, to the last byte.
same() {
  "$mkramdisk" -s min -o back "$2" || fail "$2 cannot be read back"
  "$mkramdisk" -s min -o direct "$1" || fail "$1"
  cmp back direct || fail "$2 does not hold what $1 holds"
}
for block_size in 1024 2048 4096; do
  for archive in tree.tar tree.cpio; do
    TMPDIR=/nonexistent build image -s 12m -b $block_size $archive
    same tree image
    TMPDIR=/nonexistent "$mkramdisk" -s 12m -b $block_size -o piped - <$archive || fail "from a pipe: exit $?"
    cmp image piped || fail "$archive from a pipe gives another image"
    "$mkramdisk" -s 12m -b $block_size -o - $archive | cmp - image || fail "standard output differs"
  done
  [ "$(id -u)" = 0 ] && compare tree image
done
if command -v zstd >/dev/null; then
  "$mkramdisk" -s 12m -b 4096 -z zstd:1 -o image.zst tree.cpio || fail "-z zstd:1"
  zstd -qdc image.zst | cmp - image || fail "compressed, the image is another one"
fi
[ "$(debug image 'stat /zeros' | sed -n 's/.*Blockcount: //p')" -gt 900 ] || fail "zeros vanished unasked"
build sparse -s 12m --sparse tree.cpio
debug sparse 'stat /zeros' | grep -q 'Blockcount: 0$' || fail "--sparse keeps zeros"
same tree sparse
build holes -s 12m tree.tar
[ "$(debug holes 'stat /dir/hole' | sed -n 's/.*Blockcount: //p')" -lt 100 ] || fail "a hole of the archive is none"

# Many block groups, files beyond every level of indirect blocks, with holes.
mkdir large && head -c 70000000 /dev/urandom >large/dense && truncate -s 3g large/end && echo x >>large/end
{ truncate -s 100m large/middle && head -c 2000000 /dev/urandom; } |
  dd of=large/middle bs=1M seek=60 conv=notrunc status=none iflag=fullblock
tar -C large --sparse -cf large.tar .
build image -s 200m large.tar
same large image

# With directories before and behind it, tables, owners, excluded names.
mkdir before behind && echo one >before/one && echo two >behind/two && seq 100000 >behind/long
printf '/dev/null c 666 0 0 1 3 - - -\n/a f 4700 7 8 - - - - -\n' >table
build image -s 16m -U -D table --exclude big --exclude '/many/*' before tree.tar behind
mkdir merged && cp -a before/. tree/. behind/. merged && rm -r merged/dir/big merged/many/*
build wanted -s 16m -U -D table merged
for image in image wanted; do
  "$mkramdisk" -s min -t 0 -o $image.back $image || fail "$image cannot be read back"
done
cmp image.back wanted.back || fail "merged with directories it is another tree"

# What a later archive replaces leaves nothing behind: its blocks are free, and zeros.
mkdir first second
for name in 1 2 3 4; do yes SECRET | head -c 300000 >first/$name; done
for name in 1 3; do head -c 50000 /dev/urandom >second/$name; done
{ archive first; archive second; } >replacing
for output in file -; do
  "$mkramdisk" -s 4m -o $output replacing >standard || fail "replacing: exit $?"
  [ $output = file ] || mv standard file
  check_image file
  debug file 'stat /1' | grep -q 'Size: 50000$' || fail "the later archive does not win"
  secrets=$(grep -ao SECRET file | wc -l)
  # 42857 lines in each file that is still there, but for a few that indirect blocks cut.
  { [ "$secrets" -le 85714 ] && [ "$secrets" -gt 85700 ]; } || fail "$secrets lines are there, of what was replaced too"
  cp file "file.$output"
done
cmp file.file file.- || fail "where it goes changes the image"

# Nothing is there when it does not fit, and the message has the numbers.
expect 4 'needs [0-9]* KiB ([0-9]* blocks of 1024 bytes for files, 328 inodes), has 1024 KiB' \
  "$mkramdisk" -o bad -s 1m tree.tar
expect 4 '328 inodes), has 12288 KiB (.* 208 inodes)' "$mkramdisk" -o bad -s 12m -N 200 tree.tar
"$mkramdisk" --dry-run -s 12m tree.tar >plan || fail "--dry-run"
grep -q '328 used (5 directories)' plan || { cat plan; fail "the plan of an archive"; }
head -c 2000000 tree.tar >cut.tar
expect 5 'cut.tar: Truncated' "$mkramdisk" -o bad -s 12m cut.tar
[ "$(find . -name '*bad*')" = '' ] || fail "a failed run left something behind"

# Memory does not grow with the bytes: 16 MiB and 500 bytes for each of the few entries.
need_time() { [ -x /usr/bin/time ] || skip "the rest needs /usr/bin/time"; }
need_time
if nm -D "$mkramdisk" | grep -q __asan_init; then skip "the rest measures memory, of which the sanitizer takes its own"; fi
cat large/dense large/dense large/dense large/dense >large/dense4 && rm large/dense
tar -C large -S -cf - . | /usr/bin/time -o peak -f %M "$mkramdisk" -s 400m -o image -
[ "$(cat peak)" -le $((16 * 1024 + 8)) ] || fail "$(cat peak) KiB of memory for one file of 280 MB"
