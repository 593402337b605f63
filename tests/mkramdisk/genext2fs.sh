#!/bin/sh
# Called as genext2fs it takes that program's command line, from scripts and from genimage.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
make_tree tree
mkdir bin && ln -s "$mkramdisk" bin/genext2fs
genext2fs=$PWD/bin/genext2fs
"$genext2fs" --version | grep -q '^genext2fs' || fail "--version"
"$genext2fs" -h | grep -q -- --devtable || fail "-h"

"$genext2fs" -b 8192 -d tree image || fail "-b -d"
check_image image
[ "$(stat -c %s image)" = 8388608 ] || fail "the size in blocks"
dumpe2fs -h image 2>/dev/null | grep -q '^Reserved block count: *409$' || fail "5 % reserved"
debug image 'ls -p /' | grep -q /lost+found/ || fail "no lost+found"
"$genext2fs" -B 4096 --size-in-blocks=2048 --root tree:/usr/here -m 0 -q image || fail "long options"
check_image image
debug image 'stat /usr/here/a' | grep -q 'Mode:  04700' || fail "-q does not squash permissions"
debug image 'ls -p /' | grep -q /lost+found/ && fail "lost+found with nothing reserved"
printf '/dev d 755 0 0 - - - - -\n/dev/hda b 640 0 0 3 1 1 1 16\n' >table
tar -C tree -cf tree.tar .
"$genext2fs" -b 12000 -N 1000 -L name -U -f -D table -a tree.tar >image || fail "to standard output"
check_image image
debug image 'ls -p /dev' | grep -q /hda15/ || fail "-D"
debug image 'stat /a' | grep -q 'mtime: 0x00000000' || fail "-f"
dumpe2fs -h image 2>/dev/null | grep -q 'volume name: *name$' || fail "-L"
expect 1 'does not fit' "$genext2fs" -b 100 -d tree bad
expect 1 'no size' "$genext2fs" -d tree bad
expect 1 'unknown option' "$genext2fs" -b 100 -Z bad
expect 1 'nowhere' "$genext2fs" -b 100 -d nowhere bad
[ ! -e bad ] || fail "a failed run left an image"

command -v genimage >/dev/null || skip "the rest needs genimage, which is not installed"
cat >genimage.cfg <<'EOF'
image rescue.ext2 {
  ext2 {
    use-mke2fs = false
    label = "rescue"
    fs-timestamp = "20000101000000"
  }
  size = 12M
}
EOF
PATH=$PWD/bin:$PATH genimage --config genimage.cfg --rootpath tree --tmppath tmp --inputpath . \
  --outputpath out >genimage.log 2>&1 || { cat genimage.log; fail "genimage"; }
check_image out/rescue.ext2
[ "$(debug out/rescue.ext2 'cat /a')" = hello ] || fail "genimage's image lacks files"
