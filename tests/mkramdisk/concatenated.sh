#!/bin/sh
# Several archives in one stream, as in an initramfs with early microcode: the members of all go in,
# whatever each is compressed with, and what is no archive is never passed over.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need cpio
need tar
archive() { # archive FOLDER FORMAT: all of the folder, to standard output
  (cd "$1" && find . | LC_ALL=C sort | cpio -o -H "$2" --quiet)
}
mkdir -p early/kernel/x86/microcode main/bin main/dir third/dir
head -c 70000 /dev/urandom >early/kernel/x86/microcode/GenuineIntel.bin
head -c 600000 /dev/urandom >main/bin/busybox
seq 20000 >main/dir/numbers
ln main/bin/busybox main/bin/sh
echo old >main/dir/replaced
echo new >third/dir/replaced
echo more >third/dir/more
find early main third -exec touch -h -d @1300000000 {} +
mkdir all
for part in early main third; do cp -a $part/. all; done
find all -exec touch -h -d @1300000000 {} +
build reference -s min --sparse all
archive early newc >early.cpio
archive main newc >main.cpio
archive third odc >third.cpio
tar -C third -cf third.tar .
padding() { head -c $((512 - $(stat -c %s "$1") % 512)) /dev/zero; }

same() { # same ARCHIVE WHAT: the image is that of all three trees
  build image -s min "$1"
  cmp reference image || fail "$2: not the image of all its parts"
  "$mkramdisk" -s min -o image - <"$1" || fail "$2 from standard input: exit $?"
  cmp reference image || fail "$2 from standard input: not the image of all its parts"
}
cat early.cpio main.cpio third.cpio >plain
same plain "archives end to end"
cat early.cpio main.cpio third.tar >mixed
same mixed "cpio and tar"
{ head -c 4096 /dev/zero; cat early.cpio; padding early.cpio; cat main.cpio third.cpio; head -c 100 /dev/zero; } >padded
same padded "archives with zeros around them"
for compressor in gzip bzip2 xz 'xz --format=lzma' zstd lz4 lzop compress lzip; do
  command -v "${compressor%% *}" >/dev/null || { echo "no $compressor"; continue; }
  # compress(1) has no end: nothing can follow it.
  { cat early.cpio; padding early.cpio; cat main.cpio third.cpio | $compressor -c; } >last
  same last "early microcode, then $compressor"
  [ "$compressor" = compress ] && continue
  { $compressor -c <early.cpio; cat main.cpio; padding main.cpio; $compressor -c <third.cpio; } >both
  same both "$compressor, plain, $compressor"
  { $compressor -c <early.cpio; $compressor -c <main.cpio; $compressor -c <third.cpio; } >members
  same members "three times $compressor"
  { $compressor -c <early.cpio; head -c 8 /dev/zero; gzip -c <main.cpio; xz -c <third.cpio; } >different
  same different "$compressor, gzip and xz"
done
if command -v lz4 >/dev/null; then
  { cat early.cpio; cat main.cpio third.cpio | lz4 -lqc; } >legacy
  same legacy "a legacy frame of lz4"
fi
gzip -c <plain | xz -c >twice
same twice "compressed twice"

# A later archive replaces; within one archive a name stands once.
[ "$(debug image 'cat /dir/replaced')" = new ] || fail "the later archive does not win"
# What follows an archive and is none, is named.
{ cat early.cpio; echo 'rest of a partition'; } >rest
expect 3 'rest: an archive is followed, at byte [0-9]*, by something that is none' \
  "$mkramdisk" -o bad rest
{ gzip -c <early.cpio; head -c 100000 /dev/urandom | tr '\0' x; } >noise
expect 3 'noise: an archive is followed, at byte' "$mkramdisk" -o bad noise
{ cat early.cpio; gzip -c <main.cpio | head -c 300000; } >cut.cpio
expect 5 'cut.cpio: ends in the midst of its compression' "$mkramdisk" -o bad cut.cpio
{ cat early.cpio; head -c 300000 main.cpio; } >cut.cpio
expect 5 'cut.cpio: ' "$mkramdisk" -o bad cut.cpio
{ cat early.cpio; xz -c <main.cpio | tr '\100' '\101'; } >damaged
expect 5 'damaged: ' "$mkramdisk" -o bad damaged
cp early.cpio nested
for _ in 1 2 3 4 5; do gzip -c <nested >outer && mv outer nested; done
expect 3 'nested: compressed more than 4 times' "$mkramdisk" -o bad nested
[ ! -e bad ] || fail "a refused archive left an image"
