#!/bin/bash
# kill -9 at RUNS (40, FULL=1: 400) moments from the start of a load to its end, drawn by SEED: a RAM
# disk then holds the whole image or nothing that could be mounted, never a part; a file is as it was
# or whole. The same for a device that cannot be discarded and held another image before.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need losetup mke2fs
need_loop
runs=${RUNS-$((${FULL-0} ? 400 : 40))}
RANDOM=${SEED-$$}
echo "SEED=${SEED-$$}"

mke2fs -q -F -t ext2 -b 1024 "$work/image" 24000
head -c 8M /dev/urandom >"$work/file"
debugfs -w -R "write $work/file file" "$work/image" >/dev/null 2>&1
gzip -1k "$work/image"
# Another file system of the same size was there before.
mke2fs -q -F -t ext2 -b 1024 "$work/old" 24000
debugfs -w -R "write /bin/bash file" "$work/old" >/dev/null 2>&1
size=$((24000 * 1024))

truncate -s "$size" "$work/ram"
loop_of "$work/ram"
plain=$loop
# A loop device over another cannot discard.
truncate -s "$size" "$work/below"
loop_of "$work/below"
loop_of "$loop"
stacked=$loop
mkdir "$work/folder"

now() { echo "${EPOCHREALTIME/./}"; }
begin=$(now)
"$rdload" "$work/image.gz" "$stacked" --verify >/dev/null
length=$(($(now) - begin))
declare -A seen
for ((run = 0; run < runs; run++)); do
  targets=("$plain" "$stacked" "$work/folder/file")
  images=("$work/image" "$work/image.gz")
  target=${targets[run % 3]}
  dd if="$work/old" of="$target" bs=1M status=none
  "$rdload" "${images[run / 3 % 2]}" "$target" --verify >/dev/null 2>&1 &
  rdload_pid=$!
  # Two thirds of them in the first half, where most of the writing is; some after the end.
  sleep "$(awk -v r="$RANDOM" -v s="$RANDOM" -v l="$length" 'BEGIN { printf "%.4f", l * (r / 32768) * (0.3 + s / 32768) / 1e6 }')"
  kill -KILL "$rdload_pid" 2>/dev/null || true
  wait "$rdload_pid" 2>/dev/null || true
  code=0
  "$rdload" --identify "$target" >/dev/null 2>&1 || code=$?
  if cmp -s "$work/image" "$target"; then state=whole
  elif ((code == 3)); then state=none
  elif cmp -s "$work/old" "$target"; then state=old
  else fail "run $run: $target holds a part of the image that could be mounted"
  fi
  [[ $target == /dev/* || $state != none ]] || fail "run $run: the file is neither old nor new"
  seen[$state]=$((${seen[$state]-0} + 1))
  checks=$((checks + 1))
done
for state in "${!seen[@]}"; do echo "$state: ${seen[$state]}"; done
((${seen[none]-0} > 0)) || fail "no load was killed midway: $length us is too short"
echo "$checks checks"
