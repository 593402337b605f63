#!/bin/bash
# Small builds: each decoder alone, and none but zlib's. What is built in loads; of what is not, rdload
# says that it is an image of that format and that no decoder for it is built in.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
: "${SMALL:?the folder of the small builds}" "${DECODERS:?their names}"
need mke2fs bzip2 xz lzop lz4 zstd

mke2fs -q -F -t ext2 -b 1024 "$work/image" 300
# Which decoder a format needs; gzip is never missing.
while read -r format decoder tool; do
  $tool <"$work/image" >"$work/packed" 2>/dev/null
  for name in none $DECODERS; do
    small=$SMALL/rdload_only_$name
    rm -f "$work/out"
    if [[ $decoder == any || $decoder == "$name" ]]; then
      expect 0 "300 KiB onto" "$small" "$work/packed" "$work/out" --create
      cmp "$work/image" "$work/out"
    else
      expect 3 ": a ${format/_/ } image, and no decoder for it is built in" "$small" "$work/packed" "$work/out" --create
      expect 0 "${format%_*}" "$small" --identify "$work/packed"
      [[ ! -e $work/out ]] || fail "a file was made"
    fi
  done
done <<'END'
gzip any gzip -9n
bzip2 bzip2 bzip2
lzma lzma xz --format=lzma
xz lzma xz --check=crc32
lzo lzo lzop -9
lz4 lz4 lz4 -lq
lz4_frame lz4 lz4 -q
zstd zstd zstd -q
END
# A raw image needs none.
expect 0 "300 KiB onto" "$SMALL/rdload_only_none" "$work/image" "$work/out" --create
expect 0 "gzip: zlib" "$SMALL/rdload_only_none" --version
echo "$checks checks"
