#!/bin/bash
# Every system call of a load fails once, the first, the second ... until none is left: statement 15 for
# fsync and close, and for all of them that rdload says which call it was, and that what it leaves is
# a whole image or none. FAULTS is the preloaded library.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
: "${FAULTS:?the library that lets calls fail}"
need losetup mke2fs
need_loop
export FAULT_STRUCK=$work/struck ASAN_OPTIONS=verify_asan_link_order=0

mke2fs -q -F -t ext2 -b 1024 "$work/image" 3000
head -c 2M /dev/urandom >"$work/file"
debugfs -w -R "write $work/file file" "$work/image" >/dev/null 2>&1
gzip -1k "$work/image"
truncate -s 4M "$work/ram"
loop_of "$work/ram"
head -c 4M /dev/urandom >"$work/old"
mkdir "$work/folder"
EIO=5 ENOSPC=28

# whole DEVICE-OR-FILE: holds the image and zeros. none: nothing that can be mounted.
whole() { cmp -sn 3072000 "$work/image" "$1" && [[ $(tail -c +3072001 "$1" | tr -d '\0' | wc -c) == 0 ]]; }
none() { "$rdload" --identify "$1" >/dev/null 2>&1; (($? == 3)); }

# strike CALL ERRNO TARGET: each of its calls fails once; `struck` counts them.
strike() {
  local call=$1 number=$2 target=$3 nth code
  for ((nth = 1; ; nth++)); do
    if [[ $target == "$loop" ]]; then dd if="$work/old" of="$loop" bs=1M conv=fsync status=none; else cp "$work/old" "$target"; fi
    rm -f "$FAULT_STRUCK"
    code=0
    FAULT=$call:$nth:$number LD_PRELOAD=$FAULTS "$rdload" "$work/image.gz" "$target" --verify \
      >"$work/out" 2>"$work/err" || code=$?
    [[ -e $FAULT_STRUCK ]] || break
    struck=$((struck + 1))
    ((nth < 1000)) || fail "$call fails without end"
    if ((code == 0)); then
      # A discard that is not possible has another way, and /proc/meminfo, the only file that is read
      # so, is not needed; fsync and close must not fail.
      [[ $call == ioctl || $call == read ]] || fail "$call $nth on $target: success was reported"
      whole "$target" || fail "$call $nth on $target: success, and no image"
      continue
    fi
    [[ $code == 1 && $(wc -l <"$work/err") == 1 ]] || fail "$call $nth on $target: exit $code: $(<"$work/err")"
    if [[ $call == fsync || $call == close ]]; then
      grep -q "^rdload: $call .*: Input/output error" "$work/err" || fail "$call $nth: $(<"$work/err")"
    fi
    if [[ $target == "$loop" ]]; then
      none "$target" || whole "$target" || cmp -s "$work/old" "$target" || fail "$call $nth: the device holds a part"
    else
      cmp -s "$work/old" "$target" || whole "$target" || fail "$call $nth: the file is neither old nor new"
      [[ $(find "$work/folder" -mindepth 1 | wc -l) == 1 ]] || fail "$call $nth: something is left beside the file"
    fi
    checks=$((checks + 1))
  done
}

for target in "$loop" "$work/folder/file"; do
  for call in fsync close pwrite pread ftruncate linkat rename ioctl read; do
    struck=0
    strike "$call" "$EIO" "$target"
    echo "$call: $struck calls on ${target##*/}"
    case $call in
      fsync | close | pwrite | pread) ((struck > 0)) || fail "no $call was seen" ;;
    esac
  done
  struck=0
  strike pwrite "$ENOSPC" "$target"
done

# A write that is lost without a word, be it the superblock's: --verify sees it, and nothing can be mounted.
struck=0
then="([1-9][0-9]* KiB were written to $loop, all but its beginning|what had been written was discarded)"
for ((nth = 1; nth < 100; nth++)); do
  dd if="$work/old" of="$loop" bs=1M conv=fsync status=none
  rm -f "$FAULT_STRUCK"
  code=0
  FAULT=pwrite:$nth:-1 LD_PRELOAD=$FAULTS "$rdload" "$work/image" "$loop" --verify >/dev/null 2>"$work/err" || code=$?
  [[ -e $FAULT_STRUCK ]] || break
  struck=$((struck + 1))
  if [[ $code != 1 ]] || ! grep -qE "^rdload: $loop: does not give back what was written to it; $then\$" "$work/err"; then
    fail "pwrite $nth lost: exit $code: $(<"$work/err")"
  fi
  none "$loop" || fail "pwrite $nth lost: the device holds a part"
done
echo "pwrite lost: $struck calls"
((struck > 2)) || fail "only $struck writes were seen"
checks=$((checks + struck))

# /dev/initrd of Linux 2.4 has a block device's number and knows no ioctl: its size is known at its end.
ENOTTY=25
for image in image image.gz; do
  { cat "$work/$image"; head -c 2M /dev/zero; } >"$work/kept"
  truncate -s %4096 "$work/kept"
  loop_of "$work/kept"
  for option in --verify --threads=1; do
    rm -f "$work/copy" "$FAULT_STRUCK"
    FAULT=ioctl:1+:$ENOTTY LD_PRELOAD=$FAULTS "$rdload" "$loop" "$work/copy" --create "$option" >/dev/null
    [[ -e $FAULT_STRUCK ]] || fail "the source's size was not asked for"
    cmp "$work/image" "$work/copy"
    checks=$((checks + 1))
  done
done
echo "$checks checks"
