#!/bin/bash
# What U-Boot was given with its header comes out with one, for the same machine, and holds an initramfs.
# shellcheck source=tests/wrap/lib.sh
. "$(dirname "$0")/lib.sh"
need python3 cpio

small_image ext2
gzip -9nk ext2

# uimage OUT FILE [DATA-CRC]: ARM, Linux, a RAM disk, "old initrd", as mkimage(1) writes it.
uimage() {
    python3 - "$@" <<'PYTHON'
import struct, sys, zlib
data = open(sys.argv[2], "rb").read()
crc = int(sys.argv[3], 16) if len(sys.argv) > 3 else zlib.crc32(data)
def header(own):
    return struct.pack(">7I4B32s", 0x27051956, own, 1234567890, len(data), 0x800000, 0, crc, 5, 2, 3, 1, b"old initrd")
open(sys.argv[1], "wb").write(header(zlib.crc32(header(0))) + data)
PYTHON
}

uimage uinitrd ext2.gz
wrap new uinitrd
grep -q 'a uImage again' log || fail "not said to be a uImage: $(<log)"
python3 - <<'PYTHON' || fail "the header is wrong"
import struct, zlib
data = open("new", "rb").read()
magic, own, time, size, load, entry, crc, system, machine, kind, compression, name = struct.unpack(">7I4B32s", data[:64])
assert magic == 0x27051956 and size == len(data) - 64 and crc == zlib.crc32(data[64:])
assert own == zlib.crc32(data[:4] + b"\0\0\0\0" + data[8:64])
assert (time, load, entry) == (1234567890, 0x800000, 0)
assert (system, machine, kind, compression) == (5, 2, 3, 0) and name.rstrip(b"\0") == b"old initrd"
open("body", "wb").write(data[64:])
PYTHON
# The same as without a header: that one is U-Boot's, not the kernel's.
wrap plain ext2.gz
cmp body plain || fail "the contents differ from those of the bare image"

left=bad-new
uimage bad ext2.gz 12345678
refused 5 'the contents of the uImage have another checksum' --wrap bad -o bad-new
(cd small && find . | cpio -o -H newc --quiet) >archive.cpio
uimage ucpio archive.cpio
refused 3 'an initramfs (cpio archive) already' --wrap ucpio -o bad-new
printf 'x' | dd of=uinitrd bs=1 seek=40 conv=notrunc status=none
refused 5 'a uImage header with a bad checksum' --wrap uinitrd -o bad-new
