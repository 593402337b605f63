#!/bin/bash
# The source goes away while it is read: a file is cut short, a device reports errors from some block on, the
# server of a file system dies, the writer of a pipe does. One line says which file or call and why, what
# was written is said, and nothing that could be mounted is left.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need mke2fs mkfifo gzip
noise_ext2 "$work/image" 16 14
gzip -1k "$work/image"
mkfifo "$work/target"

# held SOURCE: loads it into a FIFO that takes only its first bytes, so that the load waits somewhere in
# the first few MiB; go_on lets it run to its end, whose exit code is then in $code.
held() {
  "$rdload" --progress never "$1" "$work/target" >"$work/said" 2>&1 &
  rdload_pid=$!
  exec 8<"$work/target"
  head -c 65536 <&8 >/dev/null
  local before=-1 now
  # It waits once no more is read.
  while now=$(sed -n 's/^rchar: //p' "/proc/$rdload_pid/io") && [[ $now != "$before" ]]; do
    before=$now
    sleep 0.2
  done
}
go_on() {
  cat <&8 >"$work/arrived"
  exec 8<&-
  code=0
  wait "$rdload_pid" || code=$?
}
# said CODE REGEX: how it ended.
said() {
  [[ $code == "$1" ]] || { cat "$work/said" >&2; fail "exit $code instead of $1"; }
  [[ $(grep -c '^rdload: ' "$work/said") == 1 ]] || { cat "$work/said" >&2; fail "not one line"; }
  grep -qE -- "^rdload: $2" "$work/said" || { cat "$work/said" >&2; fail "not said: $2"; }
  checks=$((checks + 1))
}

# A file that is cut short under the reader.
cp "$work/image" "$work/source"
held "$work/source"
truncate -s 9000000 "$work/source"
go_on
said 5 "$work/source: ends after 9000000 bytes, but its superblock claims 16777216 \(truncated\); [0-9]+ KiB were written to $work/target"
(($(stat -c %s "$work/arrived") < 9000000)) || fail "more arrived than was read"
cp "$work/image.gz" "$work/source.gz"
held "$work/source.gz"
truncate -s 9000000 "$work/source.gz"
go_on
said 5 "$work/source.gz: gzip image: it ends in the middle \(truncated\); [0-9]+ KiB were written to"
# One that is removed is read to its end: it is still open.
cp "$work/image" "$work/source"
held "$work/source"
rm "$work/source"
go_on
[[ $code == 0 ]] || fail "a removed file: $(<"$work/said")"
tail -c +65537 "$work/image" | cmp - "$work/arrived"
checks=$((checks + 1))

# The writer of a pipe dies.
code=0
head -c 5000000 "$work/image.gz" | "$rdload" - "$work/out" --create >"$work/said" 2>&1 || code=$?
said 5 "standard input: gzip image: it ends in the middle \(truncated\); $work/out is as it was"
code=0
head -c 5000000 "$work/image" | "$rdload" - "$work/out" --create >"$work/said" 2>&1 || code=$?
said 5 "standard input: ends after 5000000 bytes, but its superblock claims 16777216 \(truncated\); $work/out is as it was"
[[ ! -e $work/out ]] || fail "a file was made"

# A reader that goes away is an error of the target, and no signal ends the program.
held "$work/image"
exec 8<&-
code=0
wait "$rdload_pid" || code=$?
said 1 "write $work/target: Broken pipe; [0-9]+ KiB were written to $work/target"

# A device whose blocks cannot be read from 5 MiB on: the file below a loop device is shorter than it was.
if [[ $(id -u) == 0 ]] && losetup -f >/dev/null 2>&1; then
  for image in image image.gz; do
    cp "$work/$image" "$work/below"
    truncate -s %4096 "$work/below"
    loop_of "$work/below"
    source=$loop
    truncate -s 24M "$work/ram"
    loop_of "$work/ram"
    "$rdload" "$work/image" "$loop" >/dev/null # an image was there before
    truncate -s 5M "$work/below"
    blockdev --flushbufs "$source"
    code=0
    "$rdload" "$source" "$loop" >"$work/said" 2>&1 || code=$?
    said 1 "read $source: Input/output error; [0-9]+ KiB had been written and were (discarded|cleared)"
    expect 3 "nothing that any kernel or rdload knows" "$rdload" --identify "$loop"
    # Gone before a byte was read.
    truncate -s 0 "$work/below"
    blockdev --flushbufs "$source"
    expect 1 "read $source: Input/output error" "$rdload" "$source" "$loop"
    expect 1 "read $source: Input/output error" "$rdload" --identify "$source"
  done
fi

# The server of a file system dies.
if [[ -w /dev/fuse ]] && command -v fuse2fs >/dev/null; then
  mke2fs -q -F -t ext2 -b 4096 "$work/disk" 64M
  debugfs -w -R "write $work/image image" "$work/disk" >/dev/null 2>&1
  mkdir "$work/mnt"
  fuse2fs -f "$work/disk" "$work/mnt" >/dev/null 2>&1 &
  server=$!
  for ((i = 0; i < 50; i++)); do [[ ! -e $work/mnt/image ]] || break; sleep 0.1; done
  if [[ -e $work/mnt/image ]]; then
    held "$work/mnt/image"
    kill -KILL "$server"
    wait "$server" 2>/dev/null || true
    go_on
    said 1 "read $work/mnt/image: .*; [0-9]+ KiB were written to"
    umount "$work/mnt"
  else
    kill "$server" 2>/dev/null || true
    echo "fuse2fs cannot mount here: left out"
  fi
fi
echo "$checks checks"
