#!/bin/bash
# Gives the same images to the classic kernel's own loader, in QEMU, and to rdload: what the kernel
# says, rdload says in kernel mode, and where strict mode differs the table says so.
#   differential.sh [--write FILE] [NAME...]      all images, or those named; the table goes to FILE
# Without names, and not to write the table, DIFFERENTIAL_SAMPLE images (all when not given) are
# drawn by DIFFERENTIAL_SEED, which is printed.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need qemu-system-x86_64 mke2fs genromfs mksquashfs bzip2 lzop lz4 xz zstd
vm=$(cd "$(dirname "$0")/../vm" && pwd)
table=
if [[ ${1-} == --write ]]; then table=$2; shift 2; fi
kernel=$("$vm/kernel" --cached classic) || skip "the classic kernel is not in the cache (tests/vm/kernel classic)"
ram_kib=1024
shopt -s lastpipe  # image() at the end of a pipe is to set variables here

# The images: `image NAME REMARK` keeps standard input as $work/NAME.
names=()
remarks=()
starts=()
image() {
  cat >"$work/image-$1"
  names+=("$1")
  remarks+=("$2")
  starts+=("${3-0}")
}
# ext2 of KIB KiB, half noise, in $work/ext2-KIB.
make_ext2() {
  mke2fs -q -F -t ext2 -b 1024 "$work/ext2-$1" "$1"
  head -c "$(($1 * 400))" /dev/urandom >"$work/noise"
  debugfs -w -R "write $work/noise noise" "$work/ext2-$1" >/dev/null 2>&1
}
# change FILE OFFSET: turns over the bits of one byte; negative counts from the end.
change() {
  local size at=$2
  size=$(stat -c %s "$1")
  ((at >= 0)) || at=$((size + at))
  head -c "$at" "$1"
  head -c "$((at + 1))" "$1" | tail -c 1 | tr '\000-\377' '\200-\377\000-\177'
  tail -c +"$((at + 2))" "$1"
}
make_ext2 1024; make_ext2 1025; make_ext2 512
e=$work/ext2-512
image raw-ext2 'a file system of half the RAM disk' <"$e"
image raw-exact 'as large as the RAM disk' <"$work/ext2-1024"
image raw-over 'one KiB too large' <"$work/ext2-1025"
head -c 300K "$e" | image raw-short 'the source ends before the file system does'
cat "$e" "$work/noise" | image raw-behind 'more bytes behind the file system'
head -c 600 /dev/urandom | tr '\037\102\135\375\211\002\050\055' x | image bytes-600 'a file of 600 bytes'
{ head -c 100K /dev/zero; cat "$e"; } | image raw-start 'ramdisk_start=100' 100
{ head -c 100K /dev/zero; gzip -9n <"$e"; } | image gzip-start 'ramdisk_start=100' 100
mke2fs -q -F -t ext2 -b 4096 "$work/ext2-4k" 128 && image raw-4k-blocks 'blocks of 4 KiB' <"$work/ext2-4k"
mkdir "$work/tree"; cp "$work/noise" "$work/tree"
genromfs -d "$work/tree" -f "$work/romfs" && image romfs 'romfs' <"$work/romfs"
mksquashfs "$work/tree" "$work/squashfs" -noappend -quiet -no-progress >/dev/null && image squashfs 'squashfs' <"$work/squashfs"
while read -r name tool; do
  $tool <"$e" >"$work/packed" 2>/dev/null
  image "$name" 'whole' <"$work/packed"
  { cat "$work/packed"; head -c 4096 /dev/zero; } | image "$name-padded" 'zeros behind it'
  head -c "$(($(stat -c %s "$work/packed") / 2))" "$work/packed" | image "$name-cut" 'cut in the middle'
  head -c -2 "$work/packed" | image "$name-cut-end" 'without its last two bytes'
  change "$work/packed" 5000 | image "$name-flipped" 'a changed byte in the data'
  change "$work/packed" -6 | image "$name-end-flipped" 'a changed byte at the end'
  $tool <"$work/ext2-1024" 2>/dev/null | image "$name-exact" 'as large as the RAM disk'
  $tool <"$work/ext2-1025" 2>/dev/null | image "$name-over" 'one KiB too large'
done <<'END'
gzip gzip -9n
bzip2 bzip2
lzma xz --format=lzma
xz xz --check=crc32
xz-crc64 xz --check=crc64
lzo lzop -9
lz4 lz4 -lq
lz4-frame lz4 -q
zstd zstd -q
END

# The loader's words and its decompressors'.
words='^RAMDISK: [^[]|^Not a gzip file|^uncompression error|^(read|write|header) error|^Data integrity'
words+='|^Compressed (file ends|data violation)|^unexpected EOF|^bad header|^LZMA data|^XZ|^Input (is not|was)'
words+='|^invalid header|^file corrupted|^dest len|^data corrupted|^chunk length|^Decoding failed|^ZSTD|^Failed to'
# What the kernel says from the moment that it opens the image, in its words alone.
kernel_says() {
  local log=$work/console
  "$vm/boot" -i "$1" -a "root=/dev/ram0 ro loglevel=6 ramdisk_size=$ram_kib ramdisk_start=$2" -l "$log" \
    -u 'Kernel panic' "$kernel" >/dev/null 2>&1 ||
    if grep -q 'BUG: unable to handle page fault' "$log"; then echo '(a page fault, and the kernel hangs)'; else echo '(the kernel hangs)'; fi
  sed 's/.\x08//g; s/^\[[ 0-9.]*\] //' "$log" | grep -E "$words" || true
}
rdload_says() { # IMAGE START MODE
  rm -f "$work/ram"
  truncate -s "${ram_kib}K" "$work/ram"
  "$rdload" --compat "$3" --start "$2" "$1" "$work/ram" 2>&1 | grep -v '^rdload: ' || true
}

plain() { echo "${1//incomplete write (*\)/incomplete write}"; }
failed() { grep -vcE 'found at block|ram disk\.\.\. done\.$' <<<"$1" | sed 's/^[^0].*/failed/' || true; }

# Known differences, each with its reason.
known_file=$(dirname "${BASH_SOURCE[0]}")/differential.known
is_known() { grep -q "^$1 " "$known_file"; }

chosen=()
for i in "${!names[@]}"; do
  if (($#)) && [[ " $* " != *" ${names[i]} "* ]]; then continue; fi
  chosen+=("$i")
done
if ((!$#)) && [[ -z $table && -n ${DIFFERENTIAL_SAMPLE-} ]]; then
  seed=${DIFFERENTIAL_SEED-$RANDOM}
  echo "DIFFERENTIAL_SEED=$seed"
  mapfile -t chosen < <(printf '%s\n' "${chosen[@]}" |
    awk -v seed="$seed" 'BEGIN { srand(seed) } { print rand(), $1 }' | sort -n | awk '{ print $2 }' |
    head -n "$DIFFERENTIAL_SAMPLE")
fi

differing=0
known=0
rows=
for i in "${chosen[@]}"; do
  file=$work/image-${names[i]}
  theirs=$(kernel_says "$file" "${starts[i]}")
  ours=$(rdload_says "$file" "${starts[i]}" kernel)
  truncate -s "${ram_kib}K" "$work/ram2"
  strict=0
  "$rdload" --start "${starts[i]}" "$file" "$work/ram2" >"$work/strict" 2>&1 || strict=$?
  verdict=$(sed -n "s|^rdload: ${file}[^:]*: ||p" "$work/strict" | sed "s|$work/[a-z0-9]*|ram|g; s/; ram is as it was//")
  [[ $strict != 0 ]] || verdict=loads
  same=yes
  # The verdict: the same image found, and loaded or not. The words: all of them, but for the
  # numbers of a short write, which tell how the kernel's buffers fell.
  same=yes
  [[ $(plain "$theirs") == "$(plain "$ours")" ]] || same='in other words'
  if [[ $(sed -n 1p <<<"$theirs") != "$(sed -n 1p <<<"$ours")" || $(failed "$theirs") != "$(failed "$ours")" ]]; then
    same='**no**'
    if is_known "${names[i]}"; then
      same="**no**: $(sed -n "s/^${names[i]}  *//p" "$known_file")"
      known=$((known + 1))
    else
      differing=$((differing + 1))
    fi
  fi
  [[ $same == yes ]] || printf '%s: %s\n  kernel: %s\n  rdload: %s\n' "${names[i]}" "$same" \
    "${theirs//$'\n'/ / }" "${ours//$'\n'/ / }"
  said=${theirs//RAMDISK: /}
  said=${said//$'\n'/<br>}
  rows+="| ${names[i]} | ${remarks[i]} | $said | $same | $verdict |"$'\n'
  checks=$((checks + 1))
done

if [[ -n $table ]]; then
  {
    echo '# rdload and the classic kernel, image by image'
    echo
    echo "Generated by tests/rdload/differential.sh --write, kernel $(<"$kernel/release"), RAM disk of $ram_kib KiB."
    echo 'Where rdload --compat kernel agrees with the verdict but words it otherwise, the column says so.'
    echo
    echo '| image | what it is | the kernel says | rdload in kernel mode agrees | rdload, strict |'
    echo '|---|---|---|---|---|'
    printf '%s' "$rows"
  } >"$table"
fi
echo "$checks images: $known differ as differential.known says, $differing otherwise"
((differing == 0)) || fail "$differing images differ"
