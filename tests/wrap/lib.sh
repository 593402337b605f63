# shellcheck shell=bash
# Sourced by the tests of mkramdisk --wrap and --inspect, with BIN naming the folder of the programs;
# leaves the caller in an empty folder that goes away at the end.
set -euo pipefail
export LC_ALL=C
umask 022
# shellcheck source=tests/lib/verdict.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/verdict.sh"
PATH=$PATH:/usr/sbin:/sbin
mkramdisk=$BIN/mkramdisk
work=$(mktemp -d -t wrap-test.XXXXXX)
trap 'rm -rf "$work"' EXIT
cd "$work"

if readelf -l "$BIN/linuxrc" | grep -q INTERP; then
    skip "linuxrc is linked dynamically here, and an initramfs has no libraries for it"
fi

# refused CODE PATTERN ARGUMENT...: mkramdisk ends with that exit code and one line that matches, and
# leaves no file "new".
refused() {
    local code=$1 pattern=$2 got=0
    shift 2
    "$mkramdisk" "$@" >out 2>err || got=$?
    [[ $got == "$code" ]] || fail "$*: exit $got, not $code: $(<err)"
    grep -q -e "$pattern" err || fail "$*: no message like \"$pattern\": $(<err)"
    [[ ! -e ${left:-new} ]] || fail "$*: refused, and left a file"
}

# wrap OUT INITRD [OPTION...]
wrap() {
    local out=$1 initrd=$2
    shift 2
    "$mkramdisk" --wrap "$initrd" -o "$out" "$@" >log 2>&1 || fail "--wrap $initrd $*: $(<log)"
}

# small_image IMAGE [KIB]: an ext2 image with a file or two.
small_image() {
    mkdir -p small/sbin
    echo '#!/bin/sh' >small/sbin/init
    "$mkramdisk" -s "${2:-1024}k" -U -o "$1" small
}

# split_archives FILE: the archives of a wrapped initrd, as first (unpacked) and second. The first ends with its
# compression's end; the second begins after zeros, at a multiple of 512 bytes.
split_archives() {
    python3 - "$1" <<'PYTHON' || fail "$1 is not made of two archives"
import sys, zlib
data = open(sys.argv[1], "rb").read()
stream = zlib.decompressobj(31)
open("first", "wb").write(stream.decompress(data) + stream.flush())
assert stream.eof
packed = len(data) - len(stream.unused_data)
begin = (packed + 511) // 512 * 512
assert not any(data[packed:begin])
assert data[begin:begin + 6] == b"070701"
open("second", "wb").write(data[begin:])
PYTHON
}
