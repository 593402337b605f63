#!/bin/bash
# examples/floppy/make-floppies: what is on its disks, and what it refuses. (The scene floppy-boot boots from them.)
# shellcheck source=tests/wrap/lib.sh
. "$(dirname "$0")/lib.sh"
need mkfs.fat mcopy syslinux
export BIN
make=$SOURCE_DIR/examples/floppy/make-floppies
head -c 900k /dev/urandom >kernel
head -c 3000k /dev/urandom >image

"$make" -k kernel -i image -b 1440 -a 'root=/dev/fd0 some words' -o disk >out
grep -qx 'disk-boot boots and asks for 3 more' out || fail "$(<out)"
(($(stat -c %s disk-boot disk-1 disk-2 disk-3 | sort -u) == 1440 * 1024)) || fail "not floppies of 1440 KiB"
cat disk-1 disk-2 disk-3 >disks
cmp -n $((3000 * 1024)) disks image || fail "the image is another"
rm disks
mcopy -i disk-boot ::vmlinuz kernel.back
cmp kernel kernel.back
mcopy -i disk-boot ::syslinux.cfg config
grep -qx '    APPEND root=/dev/fd0 some words' config || fail "$(<config)"
rm disk-*

# turned_down CODE TEXT ARGUMENT...
turned_down() {
    local code=$1 text=$2 status=0
    shift 2
    "$make" "$@" >out 2>&1 || status=$?
    ((status == code)) || fail "make-floppies $*: exit code $status, not $code: $(<out)"
    grep -qF -e "$text" out || fail "make-floppies $*: $(<out)"
    ! ls disk-* &>/dev/null || fail "make-floppies $* left files behind"
}
head -c 1400k /dev/urandom >large
: >empty
turned_down 1 'do not fit on 1440 KiB' -k large -i image -b 1440 -o disk
turned_down 1 'empty is empty' -k kernel -i empty -o disk
turned_down 2 "no file 'nothing'" -k nothing -i image -o disk
turned_down 2 'no floppies to make' -k kernel -i image
turned_down 2 'no floppy has 720 KiB' -k kernel -i image -b 720 -o disk
turned_down 2 '--what is unknown' -k kernel -i image -o disk --what
turned_down 1 'could not be written' -k kernel -i image -o nowhere/disk
trap 'umount full 2>/dev/null || true; rm -rf "$work"' EXIT
if ((EUID == 0)) && mount -t tmpfs -o size=4m tmpfs "$(mkdir -p full && echo full)" 2>/dev/null; then
    turned_down 1 'could not be written' -k kernel -i image -o full/disk
    left=$(ls full)
    [[ -z $left ]] || fail "a full disk keeps $left"
fi
