#!/bin/bash
# Builds the fuzz targets with clang's libFuzzer and runs each for FUZZ_SECONDS (4 when not given)
# over a copy of its corpus, tests/rdload/corpus/TARGET, and what the tools make at that moment. A
# finding is printed with the input's base64, to be put into the corpus once it is mended.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need clang++
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' \
  >"$work/try.cpp"
clang++ -fsanitize=fuzzer "$work/try.cpp" -o "$work/try" 2>/dev/null ||
  skip "clang++ has no libFuzzer (libclang-rt-14-dev)"

# shellcheck disable=SC2054  # the commas are clang's
flags=(-std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
  -D_FILE_OFFSET_BITS=64 -I"$root")
core=("$root"/rdload/identify.cpp "$root"/common/{error,errno_text,text}.cpp)

# fuzz NAME SOURCE...: flags come from the array `extra`.
fuzz() {
  local name=$1 corpus=$work/corpus-$1
  mkdir "$corpus"
  cp "$here/corpus/${name%_threads}"/* "$corpus"
  [[ ! -d $work/seeds-$name ]] || cp "$work/seeds-$name"/* "$corpus"
  clang++ "${flags[@]}" "${@:2}" "${core[@]}" "${extra[@]}" -o "$work/fuzz-$name"
  if ! "$work/fuzz-$name" -max_total_time="${FUZZ_SECONDS:-4}" -max_len=70000 -timeout=20 \
    -rss_limit_mb=3000 -malloc_limit_mb=4096 -print_final_stats=1 -artifact_prefix="$work/found-" "$corpus" \
    >"$work/log" 2>&1; then
    tail -40 "$work/log" >&2
    base64 "$work"/found-* >&2
    fail "$name"
  fi
  checks=$((checks + 1))
  echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log") inputs"
}

# seeds NAME COMMAND: a small image through a tool, behind the byte that says how it is cut.
head -c 3000 "$here/lib.sh" >"$work/sample"
head -c 2000 /dev/zero >>"$work/sample"
seeds() {
  mkdir -p "$work/seeds-$1"
  command -v "${2%% *}" >/dev/null || return 0
  local head
  for head in '\0' '\043' '\377'; do
    { printf "%b" "$head"; bash -c "$2" <"$work/sample"; } >"$work/seeds-$1/made$((++made))" 2>/dev/null
  done
}
made=0

extra=()
fuzz identify "$here/fuzz_identify.cpp"
while read -r name make source library tool; do
  seeds "$name" "$tool"
  extra=("-DMAKE=$make" "-l$library")
  [[ $name != *_threads ]] || extra+=(-DTHREADS=2)
  read -ra sources <<<"${source//,/ }"
  fuzz "$name" "$here/fuzz_decoder.cpp" "${sources[@]/#/$root/rdload/decoders/}"
done <<'END'
gzip_zlib make_gzip_zlib gzip_zlib.cpp z gzip -9n
gzip_isal make_gzip_isal gzip_isal.cpp isal gzip -9n
bzip2 make_bzip2 bzip2.cpp bz2 bzip2
lzma make_lzma lzma.cpp lzma xz --format=lzma
xz make_xz lzma.cpp lzma xz --check=crc32
lzo make_lzo lzo.cpp lzo2 lzop -9
lz4 make_lz4 lz4_legacy.cpp lz4 lz4 -lq
lz4_frame make_lz4_frame lz4_frame.cpp lz4 lz4 -q
zstd make_zstd zstd.cpp,zstd_frames.cpp zstd zstd -q
xz_threads make_xz lzma.cpp lzma xz -T2 --block-size=1KiB --check=crc32
zstd_threads make_zstd zstd.cpp,zstd_frames.cpp zstd zstd -q; zstd -q </proc/cpuinfo
END
echo "$checks targets"
