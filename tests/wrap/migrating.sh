#!/bin/bash
# Every command of docs/migrating-to-linux-7.md, in its order, on a board's files and Debian's Linux 7.
# shellcheck source=tests/wrap/lib.sh
. "$(dirname "$0")/lib.sh"
need qemu-system-x86_64 python3
kernel=$("$SOURCE_DIR/tests/vm/kernel" --cached stock-7) ||
    skip "the kernel stock-7 is not in the cache; tests/vm/kernel stock-7 puts it there"
[[ -d /usr/lib/klibc/bin ]] || skip "klibc-utils is not installed"
PATH=$BIN:$PATH

# The board: an image with an init that powers off, and the boot loaders' files.
# shellcheck source=tests/vm/guest.sh
. "$SOURCE_DIR/tests/vm/guest.sh"
guest_tree board
guest_init board
mkdir -p boot/grub boot/extlinux
mkramdisk -s 4096k -U -D board.table -z gzip -o boot/initrd.gz board
cp "$SOURCE_DIR"/examples/grub/{grub.cfg,menu.lst} boot/grub
cp "$SOURCE_DIR/examples/extlinux/extlinux.conf" boot/extlinux
cp "$SOURCE_DIR/examples/lilo/lilo.conf" boot
cp -r boot before
python3 - <<'PYTHON'
import struct, zlib
data = open("boot/initrd.gz", "rb").read()
def header(own):
    return struct.pack(">7I4B32s", 0x27051956, own, 0, len(data), 0, 0, zlib.crc32(data), 5, 2, 3, 1, b"initrd")
open("boot/uInitrd", "wb").write(header(zlib.crc32(header(0))) + data)
PYTHON

# The blocks marked sh are run as they stand; that of the settings is ours. QEMU gets no console to wait at.
{
    echo "set -euo pipefail; modules=$kernel vmlinuz=$kernel/vmlinuz boot=boot words='root=/dev/ram0 rw'"
    echo 'qemu-system-x86_64() { command timeout 300 qemu-system-x86_64 -accel tcg -cpu qemu64,-cx16 "$@" </dev/null; }'
    awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on' "$SOURCE_DIR/docs/migrating-to-linux-7.md" |
        sed "s|^mv \$boot/grub/grub.cfg.before|for old in boot/grub/grub.cfg boot/grub/menu.lst boot/extlinux/extlinux.conf boot/lilo.conf; do grep -q initrd-7.img \$old \&\& ! cmp -s \$old \$old.before; done\n&|"
} >commands
count=$(grep -cE '^(mkramdisk|qemu|sed|mv)' commands)
((count >= 14)) || fail "only $count commands are left in the document"
bash -e commands >log 2>&1 || fail "a command failed: $(tail -n 30 log)"
for text in 'on Linux 7' 'as it is, root=/dev/ram0: does not boot' 'wrapped, root=/dev/ram0: boots' \
    'linuxrc: started as /init of an initramfs' 'RAMDISK: gzip image found at block 0' 'GUEST init pid=1' \
    'GUEST root=1:0' 'a uImage again'; do
    grep -qaF -e "$text" log || fail "the commands did not print \"$text\": $(tail -n 30 log)"
done
for file in grub/grub.cfg grub/menu.lst extlinux/extlinux.conf lilo.conf initrd.gz; do
    cmp "before/$file" "boot/$file" || fail "$file is not what it was before"
done
[[ $(head -c 6 boot/initrd-7.cpio) == 070701 ]] || fail "initrd-7.cpio is no archive"
echo "$count commands"
