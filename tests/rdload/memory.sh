#!/bin/bash
# What a load takes at its peak: at most 24 MiB and the format's window, for every format. The window
# is what a decoder must hold to go on: a dictionary (xz, lzma, zstd), a block (lz4). Where blocks or frames
# are decoded beside one another, each of THREADS (2) processors holds one, packed and unpacked.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/bench/rdload-image
source "$(dirname "$0")/../bench/rdload-image"
need mke2fs gzip bzip2 xz lzop lz4 zstd pzstd
[[ -x /usr/bin/time ]] || skip "GNU time is not installed"
if nm -D "$rdload" | grep -q __asan_init; then skip "a sanitizer takes memory of its own"; fi
threads=${THREADS-2}
base_kib=$((24 * 1024))
bench_image "$work/image" 28

# peak OPTION...: the KiB that a load of $work/packed takes, in $peak; the image must come out of it.
peak() {
  rm -f "$work/out"
  /usr/bin/time -o "$work/time" -f %M "$rdload" "$work/packed" "$work/out" --create "$@" >"$work/said" 2>&1 ||
    { cat "$work/said" >&2; fail "$name does not load"; }
  cmp "$work/image" "$work/out"
  peak=$(tail -n 1 "$work/time")
}

while IFS='|' read -r name window_mib beside_mib pack; do
  bash -c "$pack" <"$work/image" >"$work/packed" 2>/dev/null
  peak --threads "$threads"
  most=$((base_kib + (window_mib + threads * beside_mib) * 1024))
  echo "$name: $peak KiB of at most $most"
  ((peak <= most)) || fail "$name takes $peak KiB, and may take $most"
  # On one processor nothing is decoded beside anything else.
  peak --threads 1 --verify
  most=$((base_kib + window_mib * 1024))
  ((peak <= most)) || fail "$name takes $peak KiB with one thread, and may take $most"
  checks=$((checks + 2))
done <<'END_OF_TABLE'
raw|0|0|cat
gzip|0|0|gzip -1n
bzip2|0|0|bzip2 -1
lzma|2|0|xz --format=lzma -0 --lzma1=preset=0,dict=2MiB
xz|2|0|xz -T1 --lzma2=preset=0,dict=2MiB
xz, dictionary of 32 MiB|32|0|xz -T1 --lzma2=preset=0,dict=32MiB
xz, one block with its size|2|0|xz -T2 --block-size=64MiB --lzma2=preset=0,dict=2MiB
xz, blocks of 4 MiB|1|8|xz -T2 --block-size=4MiB --lzma2=preset=0,dict=1MiB
lzo|0|0|lzop -1
lz4|8|0|lz4 -lqc1
lz4 frame|4|0|lz4 -qc1
zstd|2|0|zstd -qc1
zstd, window of 32 MiB|32|0|zstd -qc1 --long=25
zstd, frames of 8 MiB|2|16|pzstd -qc -3
END_OF_TABLE
echo "$checks checks"
