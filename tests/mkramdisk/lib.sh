# shellcheck shell=sh
# What the shell-driven tests of mkramdisk share. Sourced with $BIN naming the folder of the
# programs; leaves the caller in an empty folder that goes away at the end.
set -eu
mkramdisk=$BIN/mkramdisk
umask 022
# shellcheck source=tests/lib/verdict.sh
. "$(dirname "$0")/../lib/verdict.sh"
unset SOURCE_DATE_EPOCH
work=$(mktemp -d "${TMPDIR:-/tmp}/mkramdisk-test.XXXXXX")
mounted=
finish() {
  status=$?
  for point in $mounted; do umount "$point" || :; done
  chmod -R u+rwx "$work" 2>/dev/null || :
  rm -rf "$work"
  exit $status
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
cd "$work"

# check_image IMAGE: every image that a test makes goes through here.
check_image() {
  need e2fsck
  e2fsck -fn "$1" >fsck.log 2>&1 || { cat fsck.log; fail "e2fsck -fn $1"; }
}

# build IMAGE ARGUMENT...: makes and checks an image.
build() {
  image=$1
  shift
  "$mkramdisk" -o "$image" "$@" || fail "mkramdisk -o $image $*: exit $?"
  check_image "$image"
}

# expect CODE PATTERN COMMAND...: the exit code, and one line on standard error that matches.
expect() {
  code=$1 pattern=$2
  shift 2
  got=0
  "$@" >expect.out 2>expect.err || got=$?
  [ "$got" = "$code" ] || { cat expect.err; fail "$*: exit $got, not $code"; }
  grep -q -e "$pattern" expect.err || { cat expect.err; fail "$*: no message like: $pattern"; }
}

# debug IMAGE REQUEST: what debugfs says, without its banner.
debug() { need debugfs; debugfs -R "$2" "$1" 2>/dev/null; }

# make_tree FOLDER: one of everything that needs no root.
make_tree() {
  mkdir -p "$1/dir/sub" "$1/empty" "$1/many"
  echo hello >"$1/a"
  : >"$1/zero"
  ln "$1/a" "$1/dir/hard"
  ln -s a "$1/fast"
  ln -s "$(printf '%059d' 0)" "$1/fast59"
  ln -s "$(printf '%060d' 0)" "$1/slow60"
  ln -s "$(printf '%0300d' 0)" "$1/slow"
  ln "$1/slow" "$1/dir/slow-hard"
  mkfifo "$1/fifo"
  head -c 3000000 /dev/urandom >"$1/dir/big"
  head -c 12288 /dev/urandom >"$1/dir/direct"
  head -c 12289 /dev/urandom >"$1/dir/first-indirect"
  head -c $((268 * 1024)) /dev/urandom >"$1/dir/last-indirect"
  head -c $((268 * 1024 + 1)) /dev/urandom >"$1/dir/first-double"
  truncate -s 5000000 "$1/dir/hole"
  printf x | dd of="$1/dir/hole" bs=1 seek=3000000 conv=notrunc status=none
  truncate -s 100000 "$1/dir/all-hole"
  i=0
  while [ $i -lt 300 ]; do
    : >"$1/many/a_name_that_is_long_enough_to_fill_blocks_$i"
    i=$((i + 1))
  done
  chmod 4755 "$1/a"
  chmod 2755 "$1/dir"
  chmod 1777 "$1/empty"
  chmod 0600 "$1/zero"
  touch -d @1000000000 "$1/a" "$1/dir/big"
  touch -h -d @1100000000 "$1/fast"
  touch -d @1200000000 "$1/empty"
}

# list FOLDER: everything a file system says of its files, for comparing.
list() {
  (cd "$1" && find . -path ./lost+found -prune -o -type d -printf '%p %y %m %U %G %T@ %n\n' -o \
     -type l -printf '%p %y %U %G %T@ %n %l\n' -o -printf '%p %y %m %U %G %s %T@ %n\n' |
     sed -E 's/([0-9]{9,})\.[0-9]+/\1/' | LC_ALL=C sort)
}

# mount_image TYPE IMAGE [OPTION]...: mounts it read-only on ./mnt. Tests that run beside this one
# reach for the same free loop device: the one that came late finds it busy, and looks for the next.
mount_image() {
  [ "$(id -u)" = 0 ] || skip "loop mounts need root"
  mkdir -p mnt
  mount_type=$1 mount_file=$2
  shift 2
  for attempt in 1 2 3 4 5; do
    if mount -t "$mount_type" -o "ro,loop${*:+,}$(IFS=,; echo "$*")" "$mount_file" mnt 2>mount.log; then
      mounted="$PWD/mnt"
      return
    fi
    grep -q 'already mounted' mount.log || break
    sleep "$attempt"
  done
  skip "cannot mount: $(cat mount.log)"
}

# compare FOLDER IMAGE [TYPE]: mounts the image read-only and compares every file with the source.
compare() {
  mount_image "${3:-ext2}" "$2"
  list "$1" >source.list
  list mnt >image.list
  diff source.list image.list || fail "$2 differs from $1"
  (cd "$1" && find . -type f -print0 | xargs -0 sha256sum) | LC_ALL=C sort >source.sums
  (cd mnt && find . -type f -print0 | xargs -0 sha256sum) | LC_ALL=C sort >image.sums
  diff source.sums image.sums || fail "contents in $2 differ from $1"
  umount mnt
  mounted=
}
