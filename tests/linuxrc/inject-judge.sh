# Sourced by tests/linuxrc/namespace: the switch with one system call failing, and what has to hold.
# shellcheck shell=bash disable=SC2154 # work, new and loop are its variables
enter &
entered=$!
exec 4>&-
# PID 1 of the namespace is the child of unshare, the child of timeout.
child_of() { if [[ -n $1 ]]; then pgrep -P "$1" | head -1 || true; fi; }
# The reason why linuxrc gave up. What it says after it has opened the new root's console is in there.
reason() {
    local pid=$1 consoles=("$work/console")
    if [[ -n $pid && -f /proc/$pid/root/dev/console ]]; then consoles+=("/proc/$pid/root/dev/console"); fi
    grep -ahF 'FAILED: ' "${consoles[@]}" 2>/dev/null | tail -1 || true
}
# Until linuxrc has given up or init has written its report.
pid=
stopped=
for ((i = 0; i < 300; i++)); do
    if [[ -z $pid ]]; then pid=$(child_of "$(child_of "$(child_of "$entered")")"); fi
    stopped=$(reason "$pid")
    if [[ -n $stopped ]] || grep -q '+++ ' "$TRACE" 2>/dev/null; then break; fi
    kill -0 "$entered" 2>/dev/null || break
    sleep 0.05
done
grep -q 'INJECTED' "$TRACE" || fail "nothing was injected"
if [[ -z $stopped ]]; then
    wait "$entered" || true
    # The first of the kernel's list that can be executed: after a fault on /sbin/init it is /bin/sh.
    sed -n '/^execve("\/linuxrc"/,$p' "$TRACE" | grep -qE '^execve\("/(sbin/init|bin/sh)".* = 0' ||
        fail "PID 1 ended without init and without a word"
    echo "init ran"
    return
fi
trap 'kill -KILL "$pid" 2>/dev/null || true; finish' EXIT
sleep 0.1
grep -qE '\+\+\+ (exited|killed)' "$TRACE" && fail "PID 1 ended: $(tail -1 "$TRACE")"
grep -qE 'FAILED: ([a-z_]+ )+[^ :].*: .+' <<<"$stopped" || fail "no call, object and reason in: $stopped"
# Who cannot come back from a look into the new root fails there.
if ! grep -q 'MNT_DETACH) *= 0' "$TRACE" && [[ $stopped != *' to / from '* ]]; then
    [[ -e /proc/$pid/root/linuxrc ]] || fail "PID 1 is not on the old root"
    ! grep -q "^$new " "/proc/$pid/mounts" || fail "the new root is still mounted: $stopped"
fi
echo "stopped: $stopped"
# With its PID 1 the namespace ends, and all who wait for it.
kill -KILL "$pid"
wait "$entered" 2>/dev/null || true
sleep 0.2
