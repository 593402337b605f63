#!/bin/bash
# Images as their own tools make them: what rdload takes each for, how large, that it is loaded to its last byte, alone,
# compressed and in a uImage of mkimage(1). A tool that is missing is said, and the test then shows as skipped.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need gzip cpio truncate
mkdir "$work/tree"
head -c 300K /dev/urandom >"$work/tree/noise"
head -c 900K /dev/zero >"$work/tree/zeros"
missing=()
there() {
  command -v "$1" >/dev/null && return
  missing+=("$1")
  return 1
}

# is TEXT KIB FILE: identified as TEXT with that size.
is() {
  "$rdload" --identify "$3" >"$work/said" || { cat "$work/said"; fail "$1 is not identified"; }
  if ! grep -qF ": $1" "$work/said" || ! grep -qx "size: $2 KiB" "$work/said"; then
    cat "$work/said"
    fail "$1 of $2 KiB is taken for something else"
  fi
  checks=$((checks + 1))
}
# whole TEXT KIB FILE: it is that, so it is compressed, and what is loaded of either is FILE's first KIB KiB.
whole() {
  local name=$1 kib=$2 file=$3
  is "$name file system" "$kib" "$file"
  truncate -s "${kib}K" "$file"
  gzip -1nc "$file" >"$work/packed"
  is "gzip image, $name file system inside" "$kib" "$work/packed"
  for image in "$file" "$work/packed"; do
    "$rdload" --create "$image" "$work/out" >/dev/null
    cmp "$file" "$work/out"
  done
  rm -f "$work/out" "$file"
}
kib_of() { echo $((($(stat -c %s "$1") + 1023) / 1024)); }

if there mke2fs; then
  for type in ext2 ext3 ext4; do
    for block in 1024 4096; do
      mke2fs -q -F -t "$type" -b "$block" "$work/image" 8M >/dev/null
      whole "$type" 8192 "$work/image"
    done
  done
fi
if there mkfs.minix; then
  while read -r detail; do
    truncate -s 720K "$work/image"
    # shellcheck disable=SC2086  # several options
    mkfs.minix ${detail%%:*} "$work/image" >/dev/null
    whole "${detail#*:}" 720 "$work/image"
  done <<'LIST'
-1 -n 14:minix v1, 14-character names
-1 -n 30:minix v1, 30-character names
-2:minix v2
-3:minix v3
LIST
fi
if there mkfs.cramfs; then
  for pad in '' -p; do # -p: the superblock stands at 512
    # shellcheck disable=SC2086  # an option or none
    mkfs.cramfs $pad "$work/tree" "$work/image" >/dev/null
    whole cramfs "$(kib_of "$work/image")" "$work/image"
  done
fi
if there genromfs; then
  genromfs -d "$work/tree" -f "$work/image"
  whole romfs "$(kib_of "$work/image")" "$work/image"
fi
if there mksquashfs; then
  mksquashfs "$work/tree" "$work/image" -noappend -nopad -quiet -no-progress >/dev/null
  whole squashfs "$(kib_of "$work/image")" "$work/image"
fi
if there mkfs.erofs; then
  mkfs.erofs "$work/image" "$work/tree" >/dev/null 2>&1
  whole erofs "$(kib_of "$work/image")" "$work/image"
fi
if there genisoimage; then
  genisoimage -quiet -no-pad -o "$work/image" "$work/tree" 2>/dev/null
  whole iso9660 "$(kib_of "$work/image")" "$work/image"
fi
if there mkfs.btrfs; then
  truncate -s 112M "$work/image"
  mkfs.btrfs -q "$work/image" >/dev/null 2>&1
  whole btrfs $((112 * 1024)) "$work/image"
fi

# A uImage around each compression. mkimage knows no xz: such an image goes as one that is not compressed.
if there mkimage && there mke2fs; then
  mke2fs -q -F -t ext2 -d "$work/tree" "$work/plain" 2048 >/dev/null 2>&1
  while read -r says type tool; do
    there "${tool%% *}" || continue
    $tool <"$work/plain" >"$work/packed" 2>/dev/null
    mkimage -A x86 -O linux -T ramdisk -C "$type" -n initrd -d "$work/packed" "$work/uimage" >/dev/null
    is "${says//_/ } image in a uImage, ext2 file system inside" 2048 "$work/uimage"
    expect 0 "${says/_*/} image found at block 0" "$rdload" --create "$work/uimage" "$work/out"
    cmp "$work/plain" "$work/out"
  done <<'LIST'
gzip gzip gzip -9n
bzip2 bzip2 bzip2
lzma lzma xz --format=lzma
xz none xz --check=crc32
lzo lzo lzop -9
lz4_legacy_frame lz4 lz4 -lq
zstd zstd zstd -q
LIST
  mkimage -A x86 -O linux -T ramdisk -C none -n initrd -d "$work/plain" "$work/uimage" >/dev/null
  is "ext2 file system in a uImage" 2048 "$work/uimage"
  # Several files in one, as U-Boot's "multi" images hold them.
  mkimage -A x86 -O linux -T multi -C none -n both -d "$work/plain:$work/packed" "$work/uimage" >/dev/null
  expect 3 "it holds several files" "$rdload" --create "$work/uimage" "$work/out"
fi

# An initramfs is said to be one.
for format in newc crc odc bin; do
  (cd "$work/tree" && find . | cpio -o -H "$format" --quiet) >"$work/cpio"
  gzip -nc "$work/cpio" >"$work/packed"
  for image in "$work/cpio" "$work/packed"; do
    expect 0 "cpio archive (an initramfs)" "$rdload" --identify "$image"
    expect 3 "cpio archive (an initramfs), which the kernel unpacks by itself" "$rdload" "$image" "$work/none" --create
  done
done
echo "$checks checks"
((${#missing[@]} == 0)) || skip "not installed: ${missing[*]}"
