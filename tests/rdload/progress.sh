#!/bin/bash
# What is shown while it loads: on a terminal a bar with percent, rate and the time that is left, in a pipe nothing,
# the kernel's rotor where it is asked for; at the end image, size, memory taken and seconds.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need mke2fs script gzip
noise_ext2 "$work/image" 8 6
gzip -1k "$work/image"

# on_terminal OPTION...: a load whose output goes to a terminal (script(1) makes one), in $work/said.
on_terminal() {
  script -qec "$rdload $work/image.gz $work/out --create $*" /dev/null </dev/null >"$work/said"
  tr '\r' '\n' <"$work/said" | sed 's/\x1b\[K//' >"$work/lines"
}
bar='^\[#* *\] +[0-9]+%  [0-9.]+ MiB  [0-9.]+ MiB/s  ETA [0-9]+ s $'
on_terminal
grep -qE "$bar" "$work/lines" || fail "no bar on a terminal: $(<"$work/lines")"
# Its line is cleared at the end.
grep -q $'\r\x1b\[K' "$work/said" || fail "the bar stays"
on_terminal --progress never
! grep -q 'MiB/s' "$work/lines" || fail "a bar although it was not wanted"
on_terminal --progress rotor
grep -q $'[-|/\\\\]\b' "$work/said" || fail "no rotor"
! grep -q 'MiB/s' "$work/lines" || fail "a bar beside the rotor"

# A pipe gets nothing but the messages, on standard output, in whole lines.
"$rdload" "$work/image.gz" "$work/out" --create 2>&1 >"$work/lines" | cat >"$work/said"
[[ ! -s $work/said ]] || fail "in a pipe: $(<"$work/said")"
size='8192 KiB onto [^ ]+, [0-9]+ KiB of memory taken, [0-9]+\.[0-9][0-9] s'
[[ $(wc -l <"$work/lines") == 2 && $(sed -n 1p "$work/lines") == "RAMDISK: gzip image found at block 0" ]] ||
  fail "messages: $(<"$work/lines")"
sed -n 2p "$work/lines" | grep -qxE "$work/image.gz: gzip image, ext2 file system inside, $size" || fail "the last line: $(<"$work/lines")"
# It is wanted all the same: on standard error alone.
"$rdload" "$work/image.gz" "$work/out" --create --progress bar 2>"$work/said" >"$work/lines"
tr '\r' '\n' <"$work/said" | sed 's/\x1b\[K//' | grep -qE "$bar" || fail "no bar with --progress bar"
[[ $(wc -l <"$work/lines") == 2 ]] || fail "a bar on standard output"
# Where neither the image's nor the source's size is known: how much has come, and how fast.
gzip -1c <"$work/noise" | "$rdload" - "$work/out" --create --progress bar 2>"$work/said" >/dev/null
tr '\r' '\n' <"$work/said" | grep -qE '^[0-9.]+ MiB  [0-9.]+ MiB/s ' || fail "nothing known: $(<"$work/said")"
