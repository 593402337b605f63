#!/bin/sh
# Builds the fuzz targets with clang's libFuzzer and runs each for FUZZ_SECONDS (4 when not given)
# over a copy of its corpus, tests/mkramdisk/corpus/TARGET, and archives made at that moment. A
# finding is printed in base64, to be put into the corpus once it is mended.
# shellcheck source-path=SCRIPTDIR source=lib.sh
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
need clang++
need tar
need cpio
root=$here/../..
echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' >try.cpp
clang++ -fsanitize=fuzzer try.cpp -o try 2>/dev/null || skip "clang++ has no libFuzzer (libclang-rt-14-dev)"

# fuzz TARGET SOURCE-OR-OPTION... One allocation may be as large as a cpio member's name claims to be, in
# 32 bits: libarchive takes that much before it looks whether there is so much input, and never
# touches it. What is touched has a lower limit.
fuzz() {
  target=$1
  shift
  mkdir -p "corpus-$target"
  cp "$here/corpus/$target"/* "corpus-$target"
  clang++ -std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
    -D_FILE_OFFSET_BITS=64 -I"$root" "$here/fuzz_$target.cpp" "$@" -o "fuzz-$target"
  if ! "./fuzz-$target" -max_total_time="${FUZZ_SECONDS:-4}" -max_len=20000 -timeout=20 \
    -rss_limit_mb=3000 -malloc_limit_mb=5000 -print_final_stats=1 -artifact_prefix=found- "corpus-$target" >log 2>&1; then
    tail -40 log >&2
    base64 found-* >&2
    fail "$target"
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' log)
  [ "$runs" -gt 100 ] || fail "$target: only $runs inputs"
  echo "$target: $runs inputs"
}

# Archives of every kind, behind the byte that holds options.
mkdir -p corpus-archive sample/dir && seq 400 >sample/file && ln sample/file sample/dir/hard
ln -s file sample/link && truncate -s 9000 sample/hole && mkfifo sample/fifo
made=0
seed() { made=$((made + 1)); { printf '\003'; cat; } >"corpus-archive/made$made"; }
for format in ustar pax gnu; do tar -C sample -S --format=$format -b 1 -cf - . 2>/dev/null | seed; done
for format in newc odc; do (cd sample && find . | LC_ALL=C sort | cpio -o -H $format --quiet) >cpio.$format; done
seed <cpio.newc
cat cpio.newc cpio.odc | seed
for compressor in gzip bzip2 xz zstd lz4 'lz4 -l' lzop; do
  command -v "${compressor%% *}" >/dev/null || continue
  { cat cpio.newc; $compressor -c <cpio.odc; } | seed
done

mk=$root/mkramdisk
fuzz device_table "$mk/device_table.cpp" "$mk/tree.cpp" "$mk/tree_merge.cpp" "$root"/common/error.cpp "$root"/common/errno_text.cpp \
  "$root"/common/text.cpp "$root"/common/sizes.cpp
decoders=$root/rdload/decoders
fuzz archive "$mk"/archive.cpp "$mk"/archive_members.cpp "$mk"/archive_xattrs.cpp "$mk"/arrival.cpp \
  "$mk"/block_map.cpp "$mk"/byte_source.cpp "$mk"/directory_blocks.cpp "$mk"/layout.cpp \
  "$mk"/libarchive_input.cpp "$mk"/pointers.cpp "$mk"/source_reader.cpp "$mk"/tree.cpp \
  "$mk"/tree_merge.cpp "$mk"/unpacked.cpp "$mk"/xattrs.cpp "$mk"/zero_blocks.cpp \
  "$decoders"/gzip_zlib.cpp "$decoders"/bzip2.cpp "$decoders"/lzma.cpp "$decoders"/zstd.cpp "$decoders"/zstd_frames.cpp \
  "$decoders"/lz4_legacy.cpp "$decoders"/lz4_frame.cpp "$decoders"/lzo.cpp "$root"/common/error.cpp "$root"/common/errno_text.cpp \
  "$root"/common/text.cpp "$root"/common/io.cpp -larchive -lz -lbz2 -llzma -lzstd -llz4 -llzo2 -lpthread
