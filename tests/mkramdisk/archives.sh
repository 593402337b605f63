#!/bin/sh
# Tar and cpio archives give the image that their unpacked tree gives.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need tar
need cpio
make_tree tree
# GNU cpio loses hard links between symbolic links, ustar targets of more than 100 bytes.
rm tree/dir/slow-hard tree/slow
printf 'r\303\251sum\303\251' >"tree/$(printf 'r\303\251sum\303\251')"
touch -d @1300000000 tree/r*
find tree -exec touch -h -d @1300000000 {} +  # archives hold whole seconds
touch -h -d @1100000000 tree/fast
# Where the size follows from what there is, the image is that of the tree, to the last byte.
build smallest -s min tree
build large -s min+40% tree
for format in ustar pax gnu; do
  tar -C tree --format=$format -cf archive.tar . 2>tar.log || { cat tar.log; fail tar; }
  build image -s min archive.tar
  cmp smallest image || fail "a tar of format $format gives another image"
done
for compressor in gzip bzip2 xz zstd lz4 cat; do
  command -v $compressor >/dev/null || continue
  tar -C tree --format=gnu --sparse -cf - . | $compressor | "$mkramdisk" -s min+40% -o image -
  check_image image
  cmp large image || fail "a tar compressed by $compressor, from a pipe, gives another image"
done
for format in newc odc; do
  (cd tree && find . | LC_ALL=C sort | cpio -o -H $format --quiet) >archive.cpio
  build image -s min archive.cpio
  cmp smallest image || fail "cpio $format gives another image"
done

# Merging: later sources win, directories merge.
mkdir -p over/dir
echo new >over/a && echo more >over/dir/more && tar -C over -cf over.tar .
build merged -s 12m tree over.tar
[ "$(debug merged 'cat /a')" = new ] || fail "the later source does not win"
[ "$(debug merged 'cat /dir/more')" = more ] || fail "the later source's files are missing"
[ "$(debug merged 'cat /dir/hard')" = hello ] || fail "the other name of a replaced file changed"
debug merged 'stat /dir/big' | grep -q 'Size: 3000000' || fail "the earlier source's files are missing"
build merged2 -s 12m tree over
[ "$(debug merged2 'cat /a')" = new ] || fail "the later directory does not win"

# Hostile members are refused by name and never followed.
refused() {
  expect 3 "$1" "$mkramdisk" -o bad -s 12m bad.tar
  [ ! -e bad ] || fail "a refused archive left an image"
}
mkdir hostile && echo x >hostile/file && ln -s /etc hostile/link
tar -cPf bad.tar "$PWD/hostile/file"; refused 'an absolute name'
tar -cPf bad.tar hostile/../hostile/file; refused "member 'hostile/../hostile/file': a name with"
tar -C hostile -cf bad.tar --transform='s,^file,link/file,' link file
refused "through the symbolic link link"
tar -C hostile -cf bad.tar file file --hard-dereference; refused "member 'file': there twice"
tar -C hostile -cf bad.tar file && tar -C hostile -rf bad.tar --transform='s,link,file/below,' link
refused 'file is not a directory'
# Damage and early ends are told from what is no archive.
tar -C tree -cf whole.tar . && head -c 2000000 whole.tar >cut.tar
expect 5 'cut.tar: Truncated' "$mkramdisk" -o bad -s 12m cut.tar
# A name that is longer than the archive, as its header says.
printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08Xname' \
  1 33188 0 0 1 0 3 0 0 0 0 4042260480 0 >cut.cpio
expect 5 'cut.cpio: .*[Tt]runcated' "$mkramdisk" -o bad -s 12m cut.cpio
gzip <whole.tar | head -c 100000 >cut.tgz
expect 5 'cut.tgz: ' "$mkramdisk" -o bad -s 12m cut.tgz
: >empty
expect 3 'empty: ' "$mkramdisk" -o bad -s 12m empty
expect 3 'standard input: ' "$mkramdisk" -o bad -s 12m - </dev/null
[ ! -e bad ] || fail "a failed run left an image"
