# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034  # vm_folder is lib.sh's, CONSOLE what expect reads
# A power cut at every write to an overlay's upper, in a first boot whose init syncs file after file, in a
# reset, and while changes made in memory are carried over to an upper that was not fit for use at boot. After
# each the next boot comes up on that upper; what was synced is there; a reset has happened or has not, and
# so has a carry-over, with deletions and all. 3 * CUTS of them by SEED (10), all with FULL=1.
# kernels: stock-7

# shellcheck source=tests/vm/overlay.sh
. "$vm_folder/overlay.sh"
# shellcheck source=tests/vm/cut.sh
. "$vm_folder/cut.sh"
((EUID == 0)) || skip "namespaces and loop devices need root"
grep -qw overlay /proc/filesystems || skip "this machine's kernel has no overlay"
need losetup unshare python3
! readelf -l "$(tool linuxrc)" 2>/dev/null | grep -q INTERP || skip "linuxrc is linked dynamically"

mke2fs -qF -t ext4 -m 0 -L upper "$WORK/upper" 8M >/dev/null
overlay_root "$WORK/root" r100
# With what makes a disk of zeroes fit for use.
head -c 64k "$WORK/upper" >"$WORK/root.tree/etc/head"
overlay_squashfs "$WORK/root"
overlay_initramfs "$WORK/initramfs"
# Of the same firmware; what init says there goes where linuxrc's words go.
overlay_root "$WORK/root.here" r100
rm -r "$WORK/root.here.tree/dev"
mksquashfs "$WORK/root.here.tree" "$WORK/root.here" -quiet -no-progress -all-root -noappend -comp gzip >/dev/null
root_loop=$(losetup -f --show -r "$WORK/root.here") || skip "there are no loop devices"
trap 'losetup -d "$root_loop"; finish' EXIT
mkdir "$WORK/point"
cp "$WORK/upper" "$WORK/carry"
dd if=/dev/zero of="$WORK/carry" bs=64k count=1 conv=notrunc status=none

# The root's device is named after QEMU's order of disks.
words='root=/dev/vdb ro linuxrc.overlay=/dev/vda'
record "$WORK/upper" "$words do=many"
refuse 'gone with the next boot'
cp "$WORK/upper" "$WORK/reset"
record "$WORK/reset" "$words linuxrc.reset"
refuse 'gone with the next boot'
record "$WORK/carry" "$words do=carry"
expect 'the upper is corrupt: left alone' 'GUEST mount_root done=0' 'what was changed in memory is on the upper now'

# check KIND CUT: the console in $WORK/here tells of a boot that lost nothing.
check() {
    local good bad
    CONSOLE=$WORK/here
    expect 'GUEST init pid=1'
    refuse 'FAILED'
    # Before the disk is fit for use nothing can be on it.
    if [[ $1 != carry ]] || ! grep -q 'gone with the next boot' "$WORK/here"; then
        expect 'GUEST state=2'
        refuse 'gone with the next boot'
    fi
    good=$(sed -n 's/^GUEST many=//p' "$WORK/here" | wc -w)
    [[ $(sed -n 's/^GUEST many=//p' "$WORK/here") == "$(seq -s ' ' "$good") " || $good == 0 ]] ||
        fail "$1, cut $2: a file is missing before one that is there: $(grep many= "$WORK/here")"
    bad=$(sed -n 's/^GUEST torn=//p' "$WORK/here")
    case $1 in
        upper)
            [[ -z $bad || $bad == "$((good + 1)) " ]] || fail "$1, cut $2: torn files: $bad"
            ;;
        reset)
            if [[ -n $bad ]] || ((good != 0 && good != 12)); then fail "$1, cut $2: a reset by halves: $good files"; fi
            ;;
        carry)
            if [[ -n $bad ]] || ((good != 0 && good != 12)); then fail "$1, cut $2: half is carried over: $good files"; fi
            if ((good == 12)); then
                expect 'GUEST /etc/delivered=absent' 'GUEST /etc/old/file=absent' 'GUEST /etc/twice=kept' 'GUEST state=2'
            else
                expect 'GUEST /etc/delivered=delivered' 'GUEST /etc/twice=absent'
            fi
            ;;
    esac
    # Without the disk's own reordering, later means as much or more.
    if (($2 % 2 == 0)); then
        if [[ $1 != reset ]]; then
            ((good >= last)) || fail "$1, cut $2: $good files, and $last before"
        else
            ((good <= last)) || fail "$1, cut $2: $good files, and $last before"
        fi
        last=$good
    fi
}

total=0
for kind in upper reset carry; do
    read -r writes flushes < <("$vm_folder/replay.py" count "$WORK/$kind.base" "$WORK/$kind.log")
    last=0
    if [[ $kind == reset ]]; then last=12; fi
    if [[ -n ${FULL-} ]]; then
        cuts=$(seq 0 $((2 * writes)))
    else
        cuts=$({
            seq 0 $((2 * writes)) | sort -R --random-source=<(yes "${SEED:-1}" || true) | head -n "${CUTS:-10}"
            echo $((2 * writes))
        } | sort -nu)
    fi
    for cut in $cuts; do
        "$vm_folder/replay.py" cut "$WORK/$kind.base" "$WORK/$kind.log" "${SEED:-1}" "$cut" "$WORK/cut"
        boot_here "$WORK/cut" ''
        check "$kind" "$cut"
        total=$((total + 1))
    done
    if [[ $kind != reset ]]; then ((last == 12)) || fail "after the last write $last files are there"; fi
    if [[ $kind == reset ]]; then ((last == 0)) || fail "after the last write the reset left $last files"; fi
    echo "$kind: $writes writes with $flushes flushes"
done
echo "power cuts: $total"
