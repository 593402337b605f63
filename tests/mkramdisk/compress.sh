#!/bin/sh
# Compressed images: what comes out unpacks to the raw image, the same whatever the threads, in
# the one form of each format that the kernel reads.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
make_tree tree
build raw -s 12m tree
for method in gzip bzip2 lzma xz lzo lz4 zstd; do
  "$mkramdisk" -s 12m -z $method -j 1 -o one tree || fail "-z $method"
  "$mkramdisk" -s 12m -z $method -j 3 -o - tree >three || fail "-z $method to standard output"
  cmp one three || fail "$method depends on the threads"
  case $method in
    gzip) magic=1f8b unpack='gzip -dc' ;;
    bzip2) magic=425a unpack='bzip2 -dc' ;;
    lzma) magic=5d00 unpack='xz --format=lzma -dc' ;;
    xz) magic=fd37 unpack='xz -dc' ;;
    lzo) magic=894c unpack='lzop -dc' ;;
    lz4) magic=0221 unpack='lz4 -dc' ;;
    zstd) magic=28b5 unpack='zstd -dc' ;;
  esac
  [ "$(head -c 2 one | od -An -tx1 | tr -d ' ')" = "$magic" ] || fail "$method: not the kernel's magic"
  if command -v "${unpack%% *}" >/dev/null; then
    $unpack <one >unpacked || fail "$unpack"
    cmp raw unpacked || fail "$method does not unpack to the raw image"
  fi
done
"$mkramdisk" -s 12m -z xz -o x.xz tree
xz --robot --list x.xz | grep -q 'CRC32' || fail "xz without the CRC32 that the kernel knows"
# On what images are made of: programs and text.
mkdir real && cp "$mkramdisk" real/program && cp -r "$SOURCE_DIR/mkramdisk" "$SOURCE_DIR/tests" real
build realistic -s min+5% real
"$mkramdisk" -s min+5% -z gzip -o i.gz real
gzip -9n <realistic >reference.gz
[ "$(stat -c %s i.gz)" -le "$(stat -c %s reference.gz)" ] || fail "larger than gzip -9"
expect 2 'compression .pkzip.: known are' "$mkramdisk" -o x -z pkzip tree
expect 2 'xz has 0 to 9' "$mkramdisk" -o x -z xz:10 tree
expect 1 'No space left' "$mkramdisk" -o /dev/full -s 12m -z zstd:1 tree
