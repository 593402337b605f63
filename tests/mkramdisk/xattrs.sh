#!/bin/sh
# --xattrs takes extended attributes and ACLs along, from directories, archives and old images, and
# the kernel reads what was written. Without it there are none.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need setfattr
need tar
mkdir -p tree/dir tree/many
for name in a b dir/c; do echo "$name" >"tree/$name"; done
head -c 100000 /dev/urandom >tree/data
ln -s a tree/link
setfattr -n user.note -v 'hello there' tree/a 2>/dev/null ||
  skip "the file system of ${TMPDIR:-/tmp} has no user attributes"
setfattr -n user.empty tree/a
setfattr -n user.binary -v 0x00ff10 tree/a
setfattr -n user.note -v 'of a directory' tree/dir
setfattr -n user.a_longer_name_than_the_others -v "$(printf '%0300d' 7)" tree/dir/c
# 1100 files with one set: a block holds no more than 1024 of them.
for i in $(seq 1100); do : >"tree/many/$i"; done
setfattr -n user.same -v same tree/many/*
acls=
if command -v setfacl >/dev/null && setfacl -m u:1234:rw,g:77:r tree/b 2>/dev/null; then
  acls=yes
  setfacl -d -m u:1234:rwx tree/dir
fi
if [ "$(id -u)" = 0 ]; then
  setfattr -h -n trusted.of.link -v link tree/link
  setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 tree/b || :
fi
find tree -exec touch -h -d @1300000000 {} +

build without -s 8m tree
dumpe2fs -h without 2>/dev/null | grep -q ext_attr && fail "attributes that nobody asked for"
show() { # show FOLDER: all attributes of all files
  (cd "$1" && find . -path ./lost+found -prune -o -print | LC_ALL=C sort |
    xargs getfattr -h -d -m - -e hex 2>/dev/null)
}
for block_size in 1024 4096; do
  build image -s 12m -b $block_size --xattrs tree
  dumpe2fs -h image 2>/dev/null | grep -q 'features:.*ext_attr' || fail "no feature ext_attr"
  "$mkramdisk" -s 12m -b $block_size --xattrs -o again -j 1 tree || fail "one thread"
  cmp image again || fail "other bytes"
  # An old image as source: nothing is lost on the way.
  "$mkramdisk" -s 12m -b $block_size --xattrs -o again image || fail "old image"
  cmp image again || fail "by way of an old image another one comes out"
  if [ "$(id -u)" = 0 ]; then
    for type in ext2 ext4; do
      mount_image $type image user_xattr acl
      show tree >source.list
      show mnt >image.list
      grep -q 'user.same' image.list || fail "nothing to compare"
      [ -z "$acls" ] || grep -q 'posix_acl_default' image.list || fail "no ACL to compare"
      diff source.list image.list >diff.log || { head -20 diff.log; fail "$type reads other attributes"; }
      umount mnt && mounted=
    done
  fi
done
[ "$(debug image 'ea_get /a user.note')" = 'user.note (11) = "hello there"' ] || fail "debugfs reads another value"
build small -s min --xattrs tree
dumpe2fs -h small 2>/dev/null | grep -q '^Free blocks: *0$' || fail "min leaves free blocks"

# Archives. GNU tar keeps attributes and ACLs in pax headers.
tar -C tree --xattrs --xattrs-include='*' --acls --numeric-owner -cf tree.tar . 2>tar.log || { cat tar.log; fail tar; }
build packed -s min --xattrs tree.tar
cmp small packed || fail "by way of tar another image comes out"
build streamed -s 12m --xattrs tree.tar
"$mkramdisk" -s min --xattrs -o back streamed || fail "streamed"
cmp small back || fail "streamed, attributes are lost"

# What does not fit is named, and nothing is lost without a word.
head -c 3000 /dev/zero | tr '\0' x >value
if setfattr -n user.large -v "$(cat value)" tree/a 2>/dev/null; then
  expect 3 'a: its extended attributes take more than a block of 1024 bytes' "$mkramdisk" -o bad -s 8m --xattrs tree
  build large -s 8m -b 4096 --xattrs tree
fi
expect 2 'revision 1' "$mkramdisk" -o bad -s 8m --xattrs --revision 0 tree
[ ! -e bad ] || fail "a failed run left an image"
