#!/bin/bash
# What cannot be wrapped is refused with one line and the right exit code, and nothing is left behind.
# shellcheck source=tests/wrap/lib.sh
. "$(dirname "$0")/lib.sh"
need cpio

small_image ext2
gzip -9nk ext2

refused 2 'no initramfs named' --wrap ext2
refused 2 'exclude each other' --wrap ext2 --inspect ext2 -o new
refused 2 'gzip, xz, zstd or none' --wrap ext2 -o new -z lz4
refused 2 'of which kernel' --wrap ext2 -o new --add-module overlay
refused 2 'wanted is a file' --wrap - -o new
refused 2 'wanted is a number of KiB' --wrap ext2 -o new --start x
refused 2 "Try 'mkramdisk --wrap --help'" --wrap ext2 -o new stray
refused 1 'nowhere: No such file' --wrap nowhere -o new
refused 1 'no-folder/new: No such file' --wrap ext2 -o no-folder/new
"$mkramdisk" --wrap --help | grep -q -e --modules || fail "--help says nothing"

# An initramfs needs no wrapping, whatever it is packed in.
(cd small && find . | cpio -o -H newc --quiet) >archive.cpio
gzip -9nk archive.cpio
refused 3 'an initramfs (cpio archive) already' --wrap archive.cpio -o new
refused 3 'an initramfs (cpio archive) already' --wrap archive.cpio.gz -o new
"$mkramdisk" --wrap ext2 -o wrapped >/dev/null
refused 3 'an initramfs (cpio archive) already' --wrap wrapped -o new

head -c 5000 /dev/zero >zeros
refused 3 'no image that a kernel ever loaded' --wrap zeros -o new
gzip -9nk zeros
refused 3 'of nothing that could be mounted' --wrap zeros.gz -o new
: >empty
refused 3 'no image that a kernel ever loaded' --wrap empty -o new
refused 1 'Is a directory' --wrap small -o new

# Damage.
head -c 500000 ext2 >cut.image
refused 5 'ends after 500000 of the 1048576 bytes' --wrap cut.image -o new
head -c 700 ext2.gz >cut.gz
refused 5 'cut.gz' --wrap cut.gz -o new
cp ext2.gz crc.gz
printf '\1\2\3\4' | dd of=crc.gz bs=1 seek=$(($(stat -c %s crc.gz) - 8)) conv=notrunc status=none
refused 5 'crc.gz' --wrap crc.gz -o new

# What is no program for an initramfs.
echo 'no program' >text
refused 3 'text: not an ELF program' --wrap ext2 -o new --linuxrc text
refused 3 'not linked statically' --wrap ext2 -o new --linuxrc "$BIN/mkramdisk"
refused 1 'missing: No such file' --wrap ext2 -o new --linuxrc missing
mkdir bin
cp "$BIN/mkramdisk" bin
status=0
bin/mkramdisk --wrap ext2 -o new 2>err || status=$?
[[ $status == 1 ]] || fail "exit $status without a linuxrc"
grep -q 'neither .*/bin/linuxrc nor .*libexec/image-initrd/linuxrc: name it by --linuxrc' err ||
    fail "no word of the missing linuxrc: $(<err)"
mkdir -p libexec/image-initrd
cp "$BIN/linuxrc" libexec/image-initrd
bin/mkramdisk --wrap ext2 -o found >/dev/null || fail "linuxrc in libexec is not found"
cmp found wrapped || fail "another linuxrc"

refused 3 'there is no kernel /lib/modules/0.0.1' --wrap ext2 -o new --modules 0.0.1
refused 3 'no such folder' --wrap ext2 -o new --modules ./missing
refused 3 'holds no modules.dep.bin: run depmod' --wrap ext2 -o new --modules ./small

# Standard output that cannot take it.
if [[ -c /dev/full ]]; then
    status=0
    "$mkramdisk" --wrap ext2 -o - >/dev/full 2>err || status=$?
    [[ $status == 1 ]] || fail "exit $status on a full device"
    grep -q 'No space left' err || fail "a full device: $(<err)"
fi
