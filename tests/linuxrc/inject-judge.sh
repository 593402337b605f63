# Sourced by tests/linuxrc/namespace: the switch with system calls failing, and what has to hold.
# Everything that linuxrc says is in the trace, wherever it went. FAULTS is their number.
# shellcheck shell=bash disable=SC2154 # work, case and report are its variables
enter &
entered=$!
exec 4>&- 5>&-

# PID 1 of the namespace is the child of unshare, the child of timeout.
child_of() { if [[ -n $1 ]]; then pgrep -P "$1" | head -1 || true; fi; }
# What linuxrc has said, one message a line, from the kernel's log and the console.
said_all() { sed -n 's/^write([0-9]*, "\(<[0-9]>\)\?linuxrc: \(.*\)\\n", [0-9]*).*/\2/p' "$TRACE"; }
injected() { grep 'INJECTED' "$TRACE" | grep -vE '^(sync|reboot)\(' || true; }
# mountinfo(5) without what need not stay: a parent's number and propagation.
table() { awk '{ for (i = 7; $i != "-"; i++); print $1, $3, $4, $5, $6, $(i + 1), $(i + 2), $(i + 3) }' | sort; }
# Where the new root is not left any more: linuxrc has tried to take the workspace or the old root off it, or
# the image's /linuxrc has run.
past_return() {
    sed '1,/^execve("\/\(linuxrc\|mount_root\)"/d' "$TRACE" >"$work/own"
    # Of an overlay that is carried over that is the workspace, which is taken off as well when it fails.
    local mnt='/[^"]*/mnt|'
    if [[ $case == carry-root ]]; then mnt=; fi
    grep -E '^(umount2\("('"$mnt"'proc|old|\.)"|newfstatat\(AT_FDCWD, "\.",)' "$work/own" >"$work/lost" ||
        { [[ $case == image ]] && grep -E '^(clone|clone3|vfork)\(.* = [0-9]+$' "$work/own" >"$work/lost"; }
}

call_object_reason='^([a-zA-Z_]+ )+[^ :].*: .+'
# names LINE MESSAGE: true when the message names the call of that line of the trace, and its object.
names() {
    local call=${1%%(*} object words
    object=$(sed -n 's/^[a-z0-9_]*(\(AT_FDCWD, \|"[^"]*", \)\?"\([^"]*\)".*/\2/p' <<<"$1")
    if [[ $1 =~ ^(read|pread64|write|pwrite64|getdents64|ioctl)\(([0-9]+), ]]; then
        # What was last opened as this descriptor.
        object=$(grep -F -m 1 -B 100000 -e "$1" "$TRACE" |
            sed -n "s/^openat(AT_FDCWD, \"\([^\"]*\)\".* = ${BASH_REMATCH[2]}\$/\1/p" | tail -1)
    fi
    case $call in
        newfstatat) words='[lf]?stat' ;;
        utimensat) words=$call ;;
        openat) words='(open|list)' ;;
        *at) words=${call%at} ;;
        umount2) words=umount ;;
        getdents64) words=list ;;
        execve) words=execute ;;
        ioctl)
            words=$(sed -n 's/^[^,]*, \([A-Z0-9_]*\).*/\1/p' <<<"$1")
            object=
            ;;
        pread64 | pwrite64) words=${call:1:-2} ;;
        lchown) words='chown' ;;
        *64) words=${call%64} ;;
        # Into another root, and back.
        chdir | fchdir | chroot) words='(chdir|fchdir|chroot)' ;;
        *) words=$call ;;
    esac
    # Of a mount either of the two.
    if [[ $call == mount && $2 != *"$object"* ]]; then object=$(sed -n 's/^mount("\([^"]*\)".*/\1/p' <<<"$1"); fi
    [[ $object =~ ^(|\.|\.\.|/)$ || $2 == *"$object"* ]] && grep -qE "(^| )$words " <<<"$2"
}
# names_fault MESSAGE: true when it names one of the calls that have failed since the first fault, and why.
# That need not be the fault: a directory that is said to be there, and is not, is missed later. The end of a
# file is no failure of a call.
names_fault() {
    local line
    if injected | grep ' = 0 (INJECTED)' >"$work/ends"; then return; fi
    while read -r line; do
        if names "$line" "$1"; then return; fi
    done < <(sed -n '/ (INJECTED)$/,$p' "$TRACE" | grep -E " = -1 E[A-Z0-9]+ \\(${1##*: }\\)")
    return 1
}

# Until linuxrc has given up, init runs or mount_root has ended.
for ((i = 0; i < 600; i++)); do
    if grep -qE '^write\(.*"(<.>)?linuxrc: the boot cannot go on|^\+\+\+ ' "$TRACE" 2>/dev/null; then break; fi
    kill -0 "$entered" 2>/dev/null || break
    sleep 0.03
done
pid=$(child_of "$(child_of "$(child_of "$entered")")")
trap 'if [[ -n $pid ]]; then kill -KILL "$pid" 2>/dev/null || true; fi; finish' EXIT
over() {
    kill -KILL "$pid" 2>/dev/null || true
    wait "$entered" 2>/dev/null || true
}
if [[ -z $(injected) ]]; then
    over
    echo "not made"
    return
fi
stopped=$(said_all | sed -n 's/^FAILED: //p' | tail -1)
ended=$(sed -n 's/^+++ \(.*\) +++$/\1/p' "$TRACE")
start=linuxrc
if [[ $case == mount-root || $case == carry-root ]]; then
    start=mount_root
    case $ended in
        'exited with 0') ;;
        'exited with 1')
            # What is wrong with the upper may stand before what that leads to.
            stopped=$(said_all | grep -vE '^(what|started) ' | sed -E 's/, (going on|ignoring)$//' | grep -E "$call_object_reason" | tail -1 || true)
            # What is not there, such as the configuration, is no failure of a call.
            if [[ -z $stopped ]] && injected | grep -qE ' (ENOENT|ENOTDIR) | = 0 '; then stopped=none; fi
            : "${stopped:=nothing that was said}"
            ;;
        *) fail "mount_root: ${ended:-did not end}" ;;
    esac
fi

if [[ -z $stopped ]]; then
    case $case in
        stay) root='^/dev/loop[0-9]+ / ext2 ' ;;
        overlay) root='^(overlayfs:/overlay / overlay|/dev/root / ext2) ' ;;
        over-root) root='^(overlayfs:/overlay / overlay|/dev/loop[0-9]+ / ext2) ' ;;
        mount-root | carry-root) root='^overlayfs:(/overlay|/tmp/root) / overlay ' ;;
        *) root='^/dev/root / ext2 ' ;;
    esac
    if [[ $start == mount_root ]]; then
        cp "/proc/$pid/mounts" "$work/report"
        over
    else
        wait "$entered" || true
        # The first of the kernel's list that can be executed: after a fault on /sbin/init it is /bin/sh.
        sed -n "/^execve(\"\/$start\"/,\$p" "$TRACE" | grep -E '^execve\("/(sbin/init|bin/sh)".* = 0' >"$work/inits" ||
            fail "PID 1 ended without init and without a word"
    fi
    # A second fault may hit init itself.
    sed '1,/^execve("\/sbin\/init"/d' "$TRACE" >"$work/init"
    if [[ $start == mount_root ]] || ! { grep -q INJECTED "$work/init" ||
        grep -qE '^execve\("/bin/sh", \["/bin/sh", "one"' "$TRACE"; }; then
        grep -qE "$root" "$work/report" || fail "init is not on the root that was asked for"
        # Who cannot tell that it is the copy in the workspace makes another; who cannot tell its kernel's
        # version detaches nothing.
        if ! injected | grep -E '^(umount2|uname)' >"$work/kept" &&
            (($(grep -c '^mount("linuxrc".* = 0' "$TRACE") == 1)); then
            ! grep -q '^linuxrc ' "$work/report" || fail "init finds linuxrc's workspace"
        fi
    fi
    echo "init ran"
    return
fi

if [[ $start != mount_root && -n $ended ]]; then fail "PID 1 ended: $ended"; fi
if [[ $stopped != none ]]; then
    grep -qE "$call_object_reason" <<<"$stopped" || fail "no call, object and reason in: $stopped"
    names_fault "$stopped" || fail "no call that failed is named: $stopped"
fi
# After that mounts are taken off or moved back, until it says how it goes on.
sed '1,/linuxrc: FAILED: /d' "$TRACE" |
    awk '/linuxrc: the boot cannot go on/ { over = 1 } over || !/^umount2|, MS_MOVE, NULL\)/' |
    grep -E '^(mount|umount2|pivot_root)\(' >"$work/after" &&
    fail "after it has given up: $(head -1 "$work/after")"
undone=$(said_all | sed -n 's/^taking back what was done: //p')
# Who cannot come back from a look into another root stops there, and takes nothing back; nor does who cannot
# look at /.
if [[ $stopped == *' to / from '* || $stopped =~ ^stat\ /: ]] ||
    { ((FAULTS > 1)) && injected | grep -E '^(fchdir|chroot\("\.")' >"$work/lost"; }; then
    :
elif [[ -n $undone ]]; then
    ((FAULTS > 1)) || fail "one fault, and what was done is not taken back: $undone"
    grep -qE "$call_object_reason" <<<"$undone" || fail "no call, object and reason in: $undone"
elif ! past_return; then
    sed '1d;/^$/,$d' "$work/report" | grep -v ' /mnt .* - proc ' | table >"$work/was"
    table <"/proc/$pid/mountinfo" >"$work/is"
    missing=$(comm -23 "$work/was" "$work/is")
    [[ -z $missing ]] || fail "after the stop ($stopped) these mounts are not as they were: $missing"
    # Who cannot tell that it is the copy in the workspace makes another.
    own=$(grep -c '^mount("linuxrc".* = 0' "$TRACE" || true)
    left=$(comm -13 "$work/was" "$work/is" | awk -v own="$own" 'own < 2 || $4 !~ "^/mnt(/proc)?$"')
    [[ -z $left ]] || fail "after the stop ($stopped) these mounts are left: $left"
    [[ -e /proc/$pid/root/linuxrc ]] || fail "PID 1 is not on the old root"
    [[ /proc/$pid/cwd -ef /proc/$pid/root ]] || fail "PID 1 is not in /, but in $(readlink "/proc/$pid/cwd")"
fi
over
echo "stopped: $stopped"
