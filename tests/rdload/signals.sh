#!/bin/bash
# One SIGINT or SIGTERM is enough, also for a load that waits for a pipe, for a FIFO that nobody has
# opened or reads, or for the next disk; the message says what was written.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need losetup mke2fs timeout mkfifo

# signalled NAME TEXT COMMAND...: gets one signal NAME after half a second, and 10 s later SIGKILL.
signalled() { expect 1 "$2" timeout --foreground --preserve-status -k 10 -s "$1" 0.5 "${@:3}"; }

mkfifo "$work/silent" "$work/nobody"
exec 9<>"$work/silent"
for signal in INT TERM; do
  signalled "$signal" "standard input: interrupted; $work/out is as it was" "$rdload" - "$work/out" --create <&9
  signalled "$signal" "$work/nobody: interrupted" "$rdload" "$work/nobody" "$work/out" --create
  signalled "$signal" "standard input: interrupted" "$rdload" --identify - <&9
done
[[ ! -e $work/out ]] || fail "a file was made"

# The next disk is waited for.
mke2fs -q -F -t ext2 -b 1024 "$work/image" 4096
head -c 1440K "$work/image" >"$work/drive"
signalled INT "$work/drive: interrupted" "$rdload" --disks "$work/drive" "$work/out" --create <&9
grep -q 'VFS: Insert disk #2 and press ENTER' "$work/said" || fail "no disk was asked for"

# A FIFO with a writer is read to its end.
cat "$work/image" >"$work/nobody" &
expect 0 "4096 KiB onto" "$rdload" "$work/nobody" "$work/out" --create
cmp "$work/image" "$work/out"

# A FIFO as the target: nobody opens it, or nobody reads from it any more.
for signal in INT TERM; do
  signalled "$signal" "$work/nobody: interrupted; $work/nobody is as it was" "$rdload" "$work/image" "$work/nobody"
  for threads in 1 2; do
    mkfifo "$work/full"
    exec 7<>"$work/full"
    signalled "$signal" "$work/full: interrupted; 64 KiB were written to $work/full" \
      "$rdload" --threads "$threads" "$work/image" "$work/full"
    exec 7<&-
    rm "$work/full"
  done
done
# One that is read at last gets all.
"$rdload" "$work/image" "$work/nobody" >"$work/said" 2>&1 &
sleep 0.2
cmp "$work/image" "$work/nobody"
wait $! || fail "a FIFO as the target: $(<"$work/said")"
checks=$((checks + 1))

# On a device: how much was written.
if [[ $(id -u) == 0 ]] && losetup -f >/dev/null 2>&1; then
  truncate -s 8M "$work/ram"
  loop_of "$work/ram"
  head -c 3M /dev/urandom >>"$work/drive"
  head -c 3M "$work/drive" >"$work/silent" &
  # The superblock claims 4 MiB: two or three of them are there when the signal comes.
  signalled TERM "KiB were written to $loop, all but its beginning" "$rdload" - "$loop" <&9
  "$rdload" --identify "$loop" >/dev/null 2>&1 && fail "the rest of a load can be mounted"
fi
echo "$checks checks"
