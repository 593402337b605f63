#!/bin/sh
# Standard streams that are closed or full, values that are empty, names with control characters, and
# inputs that would take all memory.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
mkdir tree && echo hello >tree/file && touch -d @9999999999 tree/file
tar cf tree.tar tree
"$mkramdisk" -o good -s 64k - <tree.tar 2>good.err || fail "the image that the others are compared with"
grep -q 'warning: /tree/file' good.err || fail "no warning"
gzip -9kn good
"$mkramdisk" --wrap good.gz -o wrapped >/dev/null || fail "the initramfs that the others are compared with"

# A file that is opened must not get the number of a closed stream: the warning would go into the image.
for closed in '2>&-' '>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
  case $closed in '<'*) from=tree.tar ;; *) from=- ;; esac
  sh -c "\"\$0\" -o image -s 64k $from <tree.tar $closed" "$mkramdisk" 2>/dev/null || fail "$closed: exit $?"
  if [ $from = - ]; then cmp good image || fail "$closed: another image"; fi
  check_image image
  sh -c "\"\$0\" --wrap good.gz -o again $closed" "$mkramdisk" >/dev/null 2>&1 || :
  cmp wrapped again || fail "--wrap $closed: another initramfs"
  rm image again
done
code=0
sh -c '"$0" -o image -s 64k - <&-' "$mkramdisk" 2>closed.err || code=$?
{ [ $code = 1 ] && grep -q 'Bad file descriptor' closed.err; } || fail "a closed standard input: exit $code"

# What nobody could read is no success, and what could not be written leaves nothing.
if [ -w /dev/full ]; then
  for words in --help --version '--dry-run tree' '-o - tree' '--wrap --help' '--inspect good.gz' \
    '--wrap good.gz --dry-run' '--wrap good.gz -o -'; do
    code=0
    # shellcheck disable=SC2086  # words
    "$mkramdisk" $words >/dev/full 2>full.err || code=$?
    { [ $code = 1 ] && grep -q 'No space left' full.err; } || fail "$words >/dev/full: exit $code: $(cat full.err)"
  done
fi

# A variable of a script that was never set.
for option in --size --modules --linuxrc --compress --leave-out; do
  case $option in --size) rest='tree' ;; *) rest='--wrap good.gz' ;; esac
  # shellcheck disable=SC2086  # words
  expect 2 "$option: its value is empty" "$mkramdisk" -o image $rest "$option" ''
done
build image -s 64k --label '' tree

# One line, whatever the name.
expect 1 "stat no?such?\[31m: No such file" "$mkramdisk" -o image "$(printf 'no\nsuch\033[31m')"
mkdir hostile
name=$(printf 'a\033[2Jb')
ln -s "$(printf '%04000d' 0)" "hostile/$name"
expect 3 'a?\[2Jb' "$mkramdisk" -o image -s 64k hostile
mkdir "hostile/$name.d" && echo >"hostile/$name.d/f" && rm "hostile/$name"
"$mkramdisk" --dry-run hostile >plan || fail "--dry-run: exit $?"
grep -q 'a?\[2Jb.d' plan || fail "a folder's name went to the terminal as it was"
long=$(printf '%05000d' 0)
expect 1 "File name too long" "$mkramdisk" -o image "$long"
expect 1 "File name too long" "$mkramdisk" -o "$long" tree

# A table without end is refused, and too little memory is an error like another.
rm image
expect 3 '/dev/zero: no device table has more than 64 MiB' "$mkramdisk" -o image -D /dev/zero tree
if ! grep -q __asan_init "$mkramdisk"; then
  awk 'BEGIN { for (i = 0; i < 600000; ++i) print "/n" i " f 644 0 0 - - - - -" }' >table
  need prlimit
  code=0
  prlimit --as=60000000 "$mkramdisk" -j 1 -o image -D table tree 2>memory.err || code=$?
  { [ $code = 1 ] && grep -qx 'mkramdisk: allocate memory: Cannot allocate memory' memory.err; } ||
    fail "too little memory: exit $code: $(cat memory.err)"
fi
[ ! -e image ] || fail "a failed run left an image"
[ "$(find . -name '.image*')" = '' ] || fail "a failed run left a temporary file"
