#!/bin/bash
# --inspect looks into ext2, squashfs, romfs, cramfs and minix alike: the same tree gives the same report, raw and
# packed and behind other bytes. A damaged image is no reason to crash.
# shellcheck source=tests/wrap/lib.sh
. "$(dirname "$0")/lib.sh"
need mksquashfs genromfs mkfs.cramfs python3

mkdir -p tree/{bin,sbin,etc,lib,initrd,a/b}
head -c 300000 "$BIN/linuxrc" >tree/a/b/program # minix.py makes none larger than 519 KiB
chmod 755 tree/a/b/program
# Absolute and relative links, links to links, a way up and down again.
ln -s /a/../a/b/program tree/bin/sh
ln -s ../bin/sh tree/sbin/init
printf '#! /bin/sh -e\nexit 0\n' >tree/linuxrc
chmod 755 tree/linuxrc
# More names than a block of a folder holds.
for ((i = 0; i < 150; ++i)); do : >"tree/bin/a$i"; done

"$mkramdisk" -s 4096k -N 400 -U -o ext2 tree
mksquashfs tree squashfs -quiet -no-progress -all-root >/dev/null
mksquashfs tree squashfs-xz -quiet -no-progress -all-root -comp xz >/dev/null
mksquashfs tree squashfs-zstd -quiet -no-progress -all-root -comp zstd >/dev/null
genromfs -f romfs -d tree
mkfs.cramfs tree cramfs >/dev/null
python3 "$SOURCE_DIR/tests/vm/minix.py" minix tree

# contents IMAGE [OPTION...]: what is said of its contents.
contents() { "$mkramdisk" --inspect "$@" 2>&1 | tail -n +2; }
contents ext2 >expected
for text in '/linuxrc: script of /bin/sh, a 64-bit' '/sbin/init: 64-bit' '/initrd: there' '/dev/console: not there'; do
    grep -qF -e "$text" expected || fail "ext2: no \"$text\": $(<expected)"
done
for system in squashfs squashfs-xz squashfs-zstd romfs cramfs minix; do
    contents "$system" >got
    diff expected got || fail "$system is seen otherwise than ext2"
    gzip -9nk "$system"
    contents "$system.gz" >got
    diff expected got || fail "$system.gz is seen otherwise than ext2"
    { head -c 3072 /dev/urandom && cat "$system"; } >behind
    contents behind --offset 3072 >got
    diff expected got || fail "$system behind other bytes is seen otherwise than ext2"
done

# Noise over the image's tables: whatever is said, the program ends by itself.
python3 - <<'PYTHON'
import random
random.seed(1)
for system in ("ext2", "squashfs", "romfs", "cramfs", "minix"):
    data = open(system, "rb").read()
    for number in range(12):
        damaged = bytearray(data)
        for _ in range(40):
            # The tables of squashfs are at its end.
            at = random.randrange(96, 8192) if system != "squashfs" else random.randrange(len(data) - 4096, len(data))
            damaged[at] = random.randrange(256)
        open(f"damaged.{system}.{number}", "wb").write(damaged)
PYTHON
for image in damaged.*; do
    status=0
    timeout 60 "$mkramdisk" --inspect "$image" >said 2>&1 || status=$?
    case $status in
        0 | 3 | 5) ;;
        *) fail "$image: exit $status: $(<said)" ;;
    esac
done
