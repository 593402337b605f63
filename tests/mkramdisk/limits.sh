#!/bin/sh
# Where ext2 ends: 32,000 links to a file and 31,998 directories in one are stored and one more is
# refused by name; owners and groups of 32 bits are stored in full, however many there are.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need perl

# members KIND COUNT: a tar of a file with COUNT names, of COUNT directories in one, or of COUNT
# files, each with an owner and a group of its own.
members() {
  perl -e '
    my ($kind, $count) = @ARGV;
    sub member {
        my ($name, $type, $uid, $gid, $link) = @_;
        my $head = pack "a100 a8 a8 a8 a12 a12 A8 a1 a100 a6 a2 a32 a32 a8 a8 a155 a12", $name,
            sprintf("%07o", $type eq 5 ? 0755 : 0644), sprintf("%07o", $uid), sprintf("%07o", $gid),
            sprintf("%011o", 0), sprintf("%011o", 1e9), "", $type, $link, "ustar", "00", ("") x 6;
        substr($head, 148, 8) = sprintf "%06o\0 ", unpack "%32C*", $head;
        print $head;
    }
    member("top/", 5, 0, 0, "");
    member("top/name0", 0, 0, 0, "") if $kind eq "links";
    for my $i (1 .. ($kind eq "links" ? $count - 1 : $count)) {
        if ($kind eq "links") { member("top/name$i", 1, 0, 0, "top/name0") }
        elsif ($kind eq "directories") { member("top/dir$i/", 5, 0, 0, "") }
        else { member("top/$i", 0, $i, 1000000 + $i * 7, "") }
    }
    print "\0" x 1024;' "$@"
}

members links 32000 >links.tar
build image -s min links.tar
debug image 'stat /top/name31999' | grep -q 'Links: 32000 ' || fail "not 32000 links"
members links 32001 >links.tar
expect 3 '^mkramdisk: top/name0: 32001 links, and ext2 allows 32000$' "$mkramdisk" -s min -o refused links.tar
expect 3 '^mkramdisk: top/name0: 32001 links' "$mkramdisk" -s 8m -o refused links.tar

members directories 31998 >directories.tar
build image -s min -b 1024 directories.tar
debug image 'stat /top' | grep -q 'Links: 32000 ' || fail "not 31998 directories"
members directories 31999 >directories.tar
expect 3 '^mkramdisk: top: 32001 links, and ext2 allows 32000$' "$mkramdisk" -s min -o refused directories.tar
expect 3 '^mkramdisk: top: 32001 links' "$mkramdisk" -s 64m -o refused directories.tar
mkdir many && perl -e 'mkdir "many/$_" or die for 1 .. 31999'
expect 3 '^mkramdisk: many: 32001 links' "$mkramdisk" -s min -o refused "$PWD" --exclude '*.tar' --exclude image
rm -r many
[ ! -e refused ] || fail "what was refused is there"

# 70,000 owners and 70,000 groups, each of which debugfs shows beside the name.
members owners 70000 >owners.tar
perl -e 'printf "%d %d %d\n", $_, $_, 1000000 + $_ * 7 for 1 .. 70000' >wanted
for way in '-s min owners.tar' '-s 32m -N 70100 -b 4096 owners.tar' '-s min first'; do
  # shellcheck disable=SC2086  # the options are words
  build image $way
  debug image 'ls -l /top' | awk '$NF ~ /^[0-9]+$/ { print $NF, $4, $5 }' | sort -n >found
  cmp wanted found || fail "$way: owners are not what they were: $(diff wanted found | head -3)"
  mv image first
done

# The largest id there is, 32 bits less one; (uid_t)-1 is nobody's.
printf '/most f 600 4294967294 4294967294 - - - - -\n/least f 600 65535 65536 - - - - -\n' >table
mkdir tree && : >tree/most && : >tree/least
build image -D table tree
# Some debugfs show ids as signed numbers.
debug image 'stat /most' | grep -Eq 'User: +(-2|4294967294) +Group: +(-2|4294967294) ' || fail "$(debug image 'stat /most')"
debug image 'stat /least' | grep -q 'User: *65535 *Group: *65536 ' || fail "$(debug image 'stat /least')"

# A last block group, or the only one, may be short: every block counts from where the group's own
# structures (6 blocks here) leave one for files.
mkdir lone && echo alone >lone/file
for revision in 0 1; do
  for blocks in 12 57 58 8193 8200 8201 8250 16391 16460; do
    build image --revision $revision -s ${blocks}k -N 16 lone
    [ "$(dumpe2fs -h image 2>/dev/null | sed -n 's/^Block count: *//p')" = $blocks ] ||
      fail "revision $revision: of $blocks blocks some are left out"
  done
done
