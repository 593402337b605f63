#!/bin/bash
# Block devices: loop devices over files in memory stand in for RAM disks.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need losetup mke2fs blockdev blkdiscard
need_loop

memory=$work/ram
truncate -s 8M "$memory"
loop_of "$memory"
mke2fs -q -t ext2 -b 1024 "$work/image" 4096
head -c 300K /dev/urandom >"$work/file"
debugfs -w -R "write $work/file file" "$work/image" >/dev/null 2>&1
gzip -k "$work/image"
stale() {
  head -c "$(blockdev --getsize64 "$loop")" /dev/urandom | dd of="$loop" bs=1M conv=fsync status=none
}

# Statements 14 and 15: stale data goes, what is zero takes no memory, the device is closed.
for image in image image.gz; do
  stale
  expect 0 "KiB of memory taken" "$rdload" "$work/$image" "$loop" --verify
  same "$work/image" "$loop"
  (($(du -k "$memory" | cut -f1) < 4096)) || fail "zero pages take memory"
done
e2fsck -fn "$loop" >/dev/null 2>&1 || fail "e2fsck"

# Zeros between others, at odd and even pages, few in a MiB and many: each replaces what was there.
cp "$work/image" "$work/holes"
head -c 4096 /dev/urandom >"$work/page"
for ((page = 256; page < 1024; page++)); do
  if ((page < 512 ? page % 100 < 99 : page < 768 ? page % 2 : page % 7)); then
    dd if="$work/page" of="$work/holes" bs=4096 seek="$page" conv=notrunc status=none
  fi
done
stale
expect 0 "KiB of memory taken" "$rdload" "$work/holes" "$loop" --verify
same "$work/holes" "$loop"
# 2 + 128 + 37 of these pages are zero.
(($(du -k "$memory" | cut -f1) <= 4096 - 4 * 167)) || fail "zero pages between others take memory"

# A device that memory may not suffice for is discarded at once.
truncate -s 1T "$work/vast"
loop_of "$work/vast"
dd if="$work/page" of="$loop" bs=4096 seek=100000 conv=fsync status=none
expect 0 "4096 KiB onto" "$rdload" "$work/image" "$loop" --verify
cmp "$work/image" <(head -c 4M "$loop")
cmp <(head -c 4096 /dev/zero) <(dd if="$loop" bs=4096 skip=100000 count=1 status=none)
loop=${loops[0]}
mkdir "$work/mnt"
if mount -o ro "$loop" "$work/mnt" 2>/dev/null; then
  cmp "$work/file" "$work/mnt/file"
  # A device in use is left alone.
  expect 1 "Device or resource busy" "$rdload" "$work/image" "$loop"
  umount "$work/mnt"
fi

# Statement 5 on a device: nothing is written when it cannot fit.
truncate -s 4095K "$work/small"
loop_of "$work/small"
head -c 4095K /dev/urandom >"$work/before"
cat "$work/before" >"$loop"
for image in image image.gz; do
  expect 4 "image too big! (4096KiB/4095KiB); nothing was written" "$rdload" "$work/$image" "$loop"
  cmp "$work/before" "$loop"
done

# An exact fit on a device that is no whole number of pages.
mke2fs -q -t ext2 -b 1024 "$work/odd" 4095
expect 0 "4095 KiB onto" "$rdload" "$work/odd" "$loop" --verify
same "$work/odd" "$loop"

# A device without discard: what was there is read, and replaced where it has to be.
# ramfs cannot take a part of a file away. (To forbid it in /sys would outlast the test, and some kernels
# do not take that back.)
mkdir "$work/ramfs"
mount -t ramfs ramfs "$work/ramfs"
truncate -s 6M "$work/ramfs/inner"
loop_of "$work/ramfs/inner"
umount -l "$work/ramfs"
! blkdiscard "$loop" 2>/dev/null || fail "the device still discards"
for image in image holes; do
  head -c 6M /dev/urandom >"$loop"
  expect 0 "4096 KiB onto" "$rdload" "$work/$image" "$loop" --verify
  same "$work/$image" "$loop"
done
# Its beginning is gone before anything of the image is there.
mke2fs -q -t ext2 -b 1024 "$loop" 6144
mkfifo "$work/beginning"
"$rdload" "$work/beginning" "$loop" >"$work/said" 2>&1 &
{ head -c 2M "$work/holes"; sleep 0.5; kill -KILL $!; } >"$work/beginning"
wait $! 2>/dev/null || true
expect 3 "nothing that any kernel or rdload knows" "$rdload" --identify "$loop"
loop=${loops[0]}

# What was written is said when it breaks off midway.
head -c 3M /dev/urandom | gzip -1 >"$work/cut.gz"
truncate -s 2500K "$work/cut.gz"
expect 5 "KiB were written to $loop" "$rdload" "$work/cut.gz" "$loop"
# A wrong hash: discarded.
stale
expect 5 "was discarded" "$rdload" "$work/image" "$loop" --hash "sha256:$(printf '%064d' 0)"
[[ $(tr -d '\0' <"$loop" | head -c 1 | wc -c) == 0 ]] || fail "a refused image is still there"

# --verify finds what the device does not give back: another one writes to its memory meanwhile.
mkfifo "$work/slow"
truncate -s 8M "$work/ram2"
loop_of "$work/ram2"
noise_ext2 "$work/full" 8 7
"$rdload" --verify "$work/slow" "$loop" >"$work/said" 2>&1 &
rdload_pid=$!
exec 7>"$work/slow"
head -c 6M "$work/full" >&7
# Its second MiB is there once it is not zero.
for ((i = 0; i < 100; i++)); do
  cmp -s -i 1M -n 1M "$work/full" "$work/ram2" && break
  sleep 0.05
done
printf 'changed' | dd of="$work/ram2" bs=1 seek=1500000 conv=notrunc status=none
tail -c +$(((6 << 20) + 1)) "$work/full" >&7
exec 7>&-
code=0
wait "$rdload_pid" || code=$?
[[ $code == 1 ]] || { cat "$work/said" >&2; fail "a changed device: exit $code"; }
grep -q "rdload: $loop: does not give back what was written to it" "$work/said" || fail "$(<"$work/said")"
expect 3 "nothing that any kernel or rdload knows" "$rdload" --identify "$loop"

# Read-only.
truncate -s 6M "$work/ro"
loop_of "$work/ro" -r
expect 1 "Read-only file system" "$rdload" "$work/image" "$loop"

# A device as the source: what lies behind the image is not read (statement 7), --start counts KiB.
truncate -s 8M "$work/disk"
loop_of "$work/disk"
dd if="$work/image.gz" of="$loop" bs=1k seek=100 status=none conv=fsync
expect 0 "gzip image found at block 100" "$rdload" --start 100 "$loop" "$work/out" --create
cmp "$work/image" "$work/out"

# Without a RAM disk a device is made, and goes again when the load fails.
if [[ ! -e /dev/ram0 && ! -e /sys/class/zram-control ]]; then
  expect 0 "a loop device over tmpfs, because of no /dev/ram0" \
    "$rdload" "$work/image.gz" --target auto
  loop=$(sed -n 's/^target: \([^:]*\):.*/\1/p' "$work/said")
  loops+=("$loop")
  same "$work/image" "$loop"
  before=$(losetup -n -l | wc -l)
  expect 5 "" "$rdload" "$work/cut.gz" --target auto
  [[ $(losetup -n -l | wc -l) == "$before" ]] || fail "a loop device was left behind"
fi
echo "$checks checks"
