#!/bin/sh
# Images read by programs that share no code with what wrote them: 7-Zip, GRUB, the Sleuth Kit, and
# fuse2fs where the machine has it; and what debugfs and dumpe2fs say of one, line for line as in
# golden/. GOLDEN=write writes golden/ anew. A reader that is missing is said, and the others go on.
# shellcheck source-path=SCRIPTDIR source=lib.sh
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
export TZ=UTC LC_ALL=C
missing=
# there PROGRAM PACKAGE
there() { command -v "$1" >/dev/null || { missing="$missing $1 ($2)"; echo "SKIP: $1 is not installed ($2)"; false; }; }

make_tree tree
find tree -exec touch -h -d @1300000000 {} +
sum() { sha256sum | cut -d' ' -f1; }

read_with_7zz() {
  # It refuses files with holes, in mke2fs's images too.
  7zz t dense >log 2>&1 || { cat log; fail "7zz t, $block_size"; }
  rm -rf out
  7zz x -oout dense >log 2>&1 || { cat log; fail "7zz x, $block_size"; }
  (cd tree && find . -type f ! -name '*hole' | LC_ALL=C sort) >names
  (cd out && find . -type f ! -name fifo | LC_ALL=C sort) | diff names - || fail "7zz: other files"
  while read -r name; do cmp "tree/$name" "out/$name" || fail "7zz: $name"; done <names
  [ "$(readlink out/slow)" = "$(readlink tree/slow)" ] || fail "7zz: a symbolic link"
}

read_with_grub() {
  for name in a zero dir/hard dir/big dir/direct dir/first-indirect dir/last-indirect dir/first-double \
    dir/hole dir/all-hole; do
    # It does not say so by its exit code when files differ.
    grub-fstest "$PWD/image" cmp "/$name" "$PWD/tree/$name" >log 2>&1 || { cat log; fail "grub-fstest: $name"; }
    [ ! -s log ] || { cat log; fail "grub-fstest, $block_size: $name differs"; }
  done
  # That it tells files apart at all.
  { grub-fstest "$PWD/image" cmp /dir/big "$PWD/tree/dir/direct" 2>&1 || echo differs; } >log
  [ -s log ] || fail "grub-fstest finds no difference between different files"
}

# list of names, modes, owners, sizes and times, as the Sleuth Kit has them, against the source's.
read_with_sleuthkit() {
  fls -r -m / image >body
  awk -F'|' '{ sub(/ -> .*/, "", $2); print $2, substr($4, 3), $5, $6, $9 }' body | grep -v '[$]OrphanFiles' |
    LC_ALL=C sort >found
  (cd tree && find . -mindepth 1 ! -type d -printf '/%P %M 0 0 %Ts\n' -o -mindepth 1 -printf '/%P %M 0 0 %Ts\n') |
    sed -E 's/^(\S+) .(\S+) /\1 \2 /' | LC_ALL=C sort >wanted
  sed -i -E 's/^(\S+) .(\S+) /\1 \2 /' found
  diff wanted found >log || { head -20 log; fail "fls, $block_size: other names, modes, owners or times"; }
  for name in a dir/big dir/first-double dir/hole; do
    inode=$(awk -F'|' -v name="/$name" '{ sub(/ -> .*/, "", $2) } $2 == name { print $3 }' body)
    [ "$(icat image "$inode" | sum)" = "$(sum <"tree/$name")" ] || fail "icat, $block_size: $name"
  done
}

read_with_fuse2fs() {
  mkdir -p mnt
  fuse2fs -o ro image mnt >log 2>&1 || :
  if ! mountpoint -q mnt; then missing="$missing fuse2fs (no FUSE here)"; return; fi
  mounted=$PWD/mnt
  list tree | awk '{ print $1, $2 }' >wanted
  list mnt | awk '{ print $1, $2 }' | diff wanted - || fail "fuse2fs, $block_size: other files"
  find tree -type f -printf '%P\n' | while read -r name; do cmp "tree/$name" "mnt/$name"; done || fail "fuse2fs, $block_size"
  umount mnt && mounted=
}

for block_size in 1024 4096; do
  build dense -s 8m -U -t 1300000000 -b $block_size --exclude hole --exclude all-hole tree
  build image -s 8m -U -t 1300000000 -b $block_size tree
  if there 7zz 7zip; then read_with_7zz; fi
  if there grub-fstest grub-common; then read_with_grub; fi
  if there fls sleuthkit; then read_with_sleuthkit; fi
  if there fuse2fs fuse2fs; then read_with_fuse2fs; fi
done

# golden NAME: standard input is what golden/NAME holds.
golden() {
  cat >"$1"
  if [ "${GOLDEN:-}" = write ]; then cp "$1" "$here/golden/$1"; return; fi
  diff "$here/golden/$1" "$1" || fail "not what golden/$1 says"
}
need debugfs
need dumpe2fs
printf '/dev d 755 0 0 - - - - -\n/dev/null c 666 0 0 1 3 - - -\n/dev/large b 660 70000 6 300 70000 - - -\n' >table
# --sparse: holes by blocks of the image, whatever the host's file system takes for one.
build image -s 20m -N 1000 --sparse -U -t 1300000000 --label golden --reserved 5 --uuid 01234567-89ab-cdef-0123-456789abcdef \
  -D table tree
dumpe2fs image 2>/dev/null | grep -E '^(Filesystem (volume name|UUID|magic|revision|features|state|created)|Inode|Block|Reserved block count|Free|First|Last (write|checked)|Group|  )' |
  sed -E 's/[[:space:]]+/ /g; s/, csum 0x[0-9a-f]+//; s/ \[.*\]//' | golden dumpe2fs
for request in 'ls -l /' 'ls -l /dir' 'ls -l /dev' 'stat /dir/first-double' 'stat /dir/hole' 'stat /slow' 'stat /fast59' \
  'stat /dev/large' 'stat /dev/null'; do
  echo "== $request"
  debug image "$request" | grep -Ev '^(Fragment|Generation|File ACL)' | sed -E 's/[[:space:]]+/ /g; s/ $//'
done | golden debugfs
[ -z "$missing" ] || { echo "SKIP: not read with$missing"; exit 77; }
