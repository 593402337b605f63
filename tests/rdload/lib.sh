# shellcheck shell=bash disable=SC2034  # read by those that source it
# For the tests that run the built rdload in a shell. Sourced; BIN holds the program.
set -euo pipefail
: "${BIN:?the folder of the built programs}"
rdload=$BIN/rdload
if [[ -w /dev/shm ]]; then work=$(mktemp -d -p /dev/shm); else work=$(mktemp -d); fi
loops=()
checks=0
# shellcheck source=tests/lib/verdict.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/verdict.sh"

cleanup() {
  local loop
  # (of a file system whose server has died mountpoint(1) knows nothing)
  umount "$work/mnt" 2>/dev/null || true
  for loop in "${loops[@]}"; do losetup -d "$loop" || true; done
  rm -rf "$work"
}
trap cleanup EXIT

# need_loop: root, and a free loop device.
need_loop() {
  [[ $(id -u) == 0 ]] || skip "loop devices need root"
  losetup -f >/dev/null 2>&1 || skip "there is no loop device"
}

# loop_of FILE [OPTION...]: attaches it; the device's name is in $loop.
loop_of() {
  loop=$(losetup -f --show "${@:2}" "$1") || skip "losetup: cannot attach a file"
  loops+=("$loop")
}

# noise_ext2 FILE MIB NOISE-MIB: ext2 of which so much is noise, which stays in $work/noise.
noise_ext2() {
  mke2fs -q -F -t ext2 -b 1024 -N 16 "$1" "$2M" >/dev/null
  head -c "$3M" /dev/urandom >"$work/noise"
  debugfs -w -R "write $work/noise noise" "$1" >/dev/null 2>&1
}

# expect CODE TEXT COMMAND...: the exit code, and a fixed text in what it says.
expect() {
  local code=0
  "${@:3}" >"$work/said" 2>&1 || code=$?
  [[ $code == "$1" ]] || { cat "$work/said" >&2; fail "exit $code instead of $1: ${*:3}"; }
  grep -qF -- "$2" "$work/said" || { cat "$work/said" >&2; fail "not said: $2: ${*:3}"; }
  checks=$((checks + 1))
}

# same FILE DEVICE: DEVICE begins with FILE and is zero behind it.
same() {
  local size
  size=$(stat -c %s "$1")
  cmp -n "$size" "$1" "$2" || fail "$2 does not hold $1"
  [[ $(tail -c +"$((size + 1))" "$2" | tr -d '\0' | head -c 1 | wc -c) == 0 ]] ||
    fail "$2 holds old data behind the image"
  checks=$((checks + 1))
}
