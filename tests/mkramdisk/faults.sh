#!/bin/sh
# Writes that fail: each write, resize, sync, close, link and rename that mkramdisk makes fails once,
# and from each write on the disk is full. Every time: exit 1, one line that names the file and the
# reason, what stood under the final name stays, nothing is left beside it or among temporary files.
# Calls are sampled, by a seed that is printed; FULL=1 takes them all. FAULTS is the preloaded library.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
: "${FAULTS:?the library that lets calls fail}"
need tar
EIO=5 ENOSPC=28 HALF=0
export FAULT_STRUCK="$work/struck" FAULT_SEEN="$work/seen" ASAN_OPTIONS=verify_asan_link_order=0
export TMPDIR="$work/spools"
seed=${SEED:-$(date +%s)}
checks=0 seen=0
echo "SEED=$seed"

mkdir tree tree/dir out spools
head -c 1500000 /dev/urandom >tree/random
seq 100000 >tree/dir/numbers
head -c 300000 /dev/zero >tree/zeros
for i in 1 2 3 4 5 6 7 8 9; do echo $i >tree/dir/$i; done
tar -C tree -cf tree.tar .
"$mkramdisk" -s 3m -o old.image tree

# run CALL:N:ERRNO: the case at hand, its output in out/image.
run() {
  rm -f struck
  code=0
  set -- "$1" "$source"
  # shellcheck disable=SC2086  # the options are words
  case $output in
    file) FAULT=$1 LD_PRELOAD=$FAULTS "$mkramdisk" $options -o out/image "$2" 2>err || code=$? ;;
    -) FAULT=$1 LD_PRELOAD=$FAULTS "$mkramdisk" $options -o - "$2" >out/image 2>err || code=$? ;;
  esac
}

# chosen COUNT: which of COUNT calls are let fail: the first, the last, and three between.
chosen() {
  if [ -n "${FULL:-}" ] || [ "$1" -le 5 ]; then seq "$1"; return; fi
  { echo 1; echo "$1"; awk -v n="$1" -v seed="$seed" \
    'BEGIN { srand(seed); for (i = 0; i < 3; i++) print 2 + int(rand() * (n - 2)) }'; } | sort -nu
}

# refused WHAT REASON: the run failed as it should.
refused() {
  [ -e struck ] || fail "$case, $1: no such call"
  [ $code = 1 ] || fail "$case, $1: exit $code: $(cat err)"
  [ "$(wc -l <err)" = 1 ] || fail "$case, $1: not one line: $(cat err)"
  grep -Eq "^mkramdisk: [a-z]+ .*($named).*: $2\$" err || fail "$case, $1: $(cat err)"
  left "$1"
}

# left WHAT: nothing but the old file is there. Standard output is the shell's to clear.
left() {
  [ "$output" = - ] || cmp -s precious out/image || fail "$case, $1: the file that was there is gone"
  [ "$(ls -A out)" = image ] || fail "$case, $1: left behind: $(ls -A out)"
  [ "$(ls -A spools)" = '' ] || fail "$case, $1: left behind: $(ls -A spools)"
}

whole_image() { [ $code = 0 ] && cmp -s out/image whole; }

# strike CALL: lets its calls fail, with each reason, once and from then on, and by halves.
strike() {
  run "$1:1000000:$EIO"
  whole_image || fail "$case: exit $code without a failure: $(cat err)"
  count=$(cat seen) lost=0
  seen=$((seen + count))
  for nth in $(chosen "$count"); do
    for fault in "$nth:$EIO" "$nth:$ENOSPC" "$nth+:$ENOSPC"; do
      [ "$output" = - ] || echo precious >out/image
      run "$1:$fault"
      checks=$((checks + 1))
      # Threads that compress pass on more or fewer pieces from run to run.
      if [ "$nth" -gt 1 ] && [ ! -e struck ] && whole_image; then continue; fi
      # Nothing is lost with a temporary file whose bytes are in the image, nor where libext2fs
      # syncs the old image that it reads.
      case $1-$spool-$source in close-yes-* | fsync-yes-old.image)
        if whole_image; then lost=$((lost + 1)); continue; fi ;;
      esac
      case $fault in
        *":$EIO") refused "$1 $fault" 'Input/output error' ;;
        *) refused "$1 $fault" 'No space left on device' ;;
      esac
    done
    case $1 in *write)
      run "$1:$nth:$HALF"
      checks=$((checks + 1))
      whole_image || fail "$case: half of $1 $nth: $(cat err)" ;;
    esac
  done
  # There is one such call, and three faults.
  [ $lost -le 3 ] || fail "$case: $lost failures of $1 were no failure"
}

echo precious >precious
# try OUTPUT SPOOL SOURCE OPTION...: all calls of one way to make an image.
try() {
  output=$1 spool=$2 source=$3
  shift 3
  options=$* case="$options -o $output $source${FAULT_NO_TMPFILE:+, no O_TMPFILE}"
  named='out/\.?image'
  [ "$output" = file ] || named='standard output'
  [ "$spool" = no ] || named="$named|temporary file in .*/spools"
  # shellcheck disable=SC2086
  "$mkramdisk" $options -o whole "$source" || fail "$case: exit $?"
  seen=0
  for call in pwrite write ftruncate fsync close linkat rename; do strike $call; done
  [ $seen -ge 2 ] || fail "$case: $seen calls were seen"
  echo "$case: $seen calls"
}

# Which of them have a temporary file: archives whose image cannot be written at once.
for output in file -; do
  try "$output" no tree -s 4m
  try "$output" no tree -s min -z gzip
  try "$output" yes tree.tar -s min
  try "$output" yes tree.tar -s 4m -z zstd:1
  try "$output" yes old.image -s min+5%
  [ -z "${FULL:-}" ] || for method in bzip2 lz4 lzma lzo xz zstd; do
    try "$output" no tree -s 4m -z "$method:1"
  done
done
try file no tree.tar -s 4m
try - yes tree.tar -s 4m
export FAULT_NO_TMPFILE=1
try file no tree -s 4m -b 4096
try file yes tree.tar -s min -z zstd:1
unset FAULT_NO_TMPFILE

# What is said and nobody gets is no success either.
for words in --help '--dry-run tree'; do
  # shellcheck disable=SC2086
  "$mkramdisk" $words >/dev/full 2>err && fail "$words onto a full disk: exit 0"
  grep -q '^mkramdisk: write standard output: No space left on device$' err || fail "$words: $(cat err)"
done
echo "$checks checks"
