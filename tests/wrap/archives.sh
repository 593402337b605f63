#!/bin/bash
# What a wrapped initrd is made of: two archives, linuxrc as /init, the image byte for byte; the same
# bytes every time, and little more than the image.
# shellcheck source=tests/wrap/lib.sh
. "$(dirname "$0")/lib.sh"
need cpio python3 sha256sum mkfs.minix mkfs.cramfs genromfs mksquashfs

small_image ext2
gzip -9nk ext2

wrap new ext2.gz
split_archives new
mkdir one two
(cd one && cpio -i --quiet <../first)
(cd two && cpio -i --quiet <../second)
diff <(cd one && find . | sort) <(printf '%s\n' . ./init) || fail "there is more than /init in the first archive"
diff <(cd two && find . | sort) <(printf '%s\n' . ./initrd.image ./initrd.image.sha256) ||
    fail "there is more than the image in the second archive"
cmp one/init "$BIN/linuxrc" || fail "/init is not linuxrc"
cmp two/initrd.image ext2.gz || fail "the image was changed"
(cd two && sha256sum -c --quiet initrd.image.sha256) || fail "the checksum is not the image's"
cpio -tvn --quiet <first | grep -q '^-rwxr-xr-x   1 0        0 .* Jan  1  1970 init$' ||
    fail "owner, mode or time: $(cpio -tvn --quiet <first)"

# Small: at most 800 KB more than the image.
more=$(($(stat -c %s new) - $(stat -c %s ext2.gz)))
echo "without modules the initramfs is $more bytes larger than the initrd"
((more <= 800000)) || fail "$more bytes more than the image"

# The same bytes, whenever, wherever and by whom.
mkdir elsewhere
cp --preserve=mode ext2.gz elsewhere/other-name
touch -d @1000000000 elsewhere/other-name
(cd elsewhere && TZ=Asia/Tokyo SOURCE_DATE_EPOCH=1 "$mkramdisk" --wrap other-name -o new >/dev/null)
cmp new elsewhere/new || fail "not the same bytes"
"$mkramdisk" --wrap ext2.gz -o - 2>log >piped || fail "-o -: $(<log)"
cmp new piped || fail "other bytes on standard output"

# Each kind of image, raw and in each compression, comes out as it went in.
genromfs -f romfs -d small
mkfs.cramfs small cramfs >/dev/null
mksquashfs small squashfs -quiet -no-progress >/dev/null
dd if=/dev/zero of=minix bs=1k count=200 status=none
mkfs.minix -1 -n 14 minix >/dev/null
bzip2 -k ext2
xz -k --check=crc32 ext2
lzma -k ext2
lzop -q -o ext2.lzo ext2
lz4 -q -l ext2 ext2.lz4
zstd -q ext2 -o ext2.zst
for image in ext2 romfs cramfs squashfs minix ext2.bz2 ext2.xz ext2.lzma ext2.lzo ext2.lz4 ext2.zst; do
    wrap new "$image"
    split_archives new
    cpio -i --quiet --to-stdout initrd.image <second | cmp - "$image" || fail "$image was changed"
done

# The first archive in other compressions, and in none.
for method in xz zstd none; do
    wrap "new.$method" ext2.gz -z "$method"
    "$BIN/rdload" --identify "new.$method" >identified
    grep -q 'cpio archive' identified || fail "-z $method: $(<identified)"
done

# Where an image lies behind something else: --offset cuts it out, --start keeps what ramdisk_start=
# counts from.
{ head -c 524288 /dev/urandom && cat ext2.gz && head -c 1000 /dev/zero; } >floppy
length=$(stat -c %s ext2.gz)
wrap new floppy --offset 512k --length "$length"
split_archives new
cpio -i --quiet --to-stdout initrd.image <second | cmp - ext2.gz || fail "--offset"
wrap new floppy --start 512
split_archives new
cpio -i --quiet --to-stdout initrd.image <second | cmp - floppy || fail "--start"

"$mkramdisk" --wrap ext2.gz --dry-run >dry || fail "--dry-run"
grep -q 'sha256' dry || fail "--dry-run says nothing"
