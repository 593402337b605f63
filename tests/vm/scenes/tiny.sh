# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# The small linuxrc for Linux 2.4, as /linuxrc and as init=/linuxrc: the scenes of the ordinary one. On stock
# kernels any system call that Linux 2.4.0 does not have kills it; the classic ones, built without
# networking, have no seccomp filters. One of the scenes by SEED, all with FULL=1.
# kernels: classic stock-6.1

calls=$vm_folder/../linuxrc/linux-2.4.0-calls
tiny=$("$vm_folder/../linuxrc/tiny" build) || case $? in
    77) skip "the small build cannot be made" ;;
    *) fail "the small build failed" ;;
esac
if is_stock; then
    only_calls=$BIN/../tests/only_calls
    [[ -x $only_calls ]] || fail "there is no program $only_calls"
    ! readelf -l "$only_calls" | grep -q INTERP || skip "only_calls is linked dynamically"
fi

# In the place of legacy.sh's.
linuxrc_tree() {
    guest_tree "$1"
    if ! is_stock; then
        install -m 755 "$tiny" "$1/linuxrc"
        return
    fi
    install -m 755 "$only_calls" "$1/linuxrc"
    install -m 755 "$tiny" "$1/linuxrc.filtered"
    cp "$calls" "$1/only-calls"
}

if is_stock; then
    # The filter bites: without mount(2) in its table there is no boot.
    whole=$calls
    calls=$WORK/fewer-calls
    grep -v ' mount$' "$whole" >"$calls"
    linuxrc_tree "$WORK/tree"
    legacy_image "$WORK/image" "$WORK/tree"
    boot_legacy "$WORK/image.gz" --append 'root=/dev/ram0 rw init=/linuxrc'
    expect 'Attempted to kill init'
    calls=$whole
    rm -rf "${WORK:?}"/*
fi

# Every scene with linuxrc in its image, but for what the small build leaves out: roots by UUID, label, image file or
# flash (root-names, roots, ubi-root), chains, servers, the boot report, the watchdog, and as /linuxrc on anything
# else than brd (no-brd). In the others linuxrc is /init alone, or not there.
scenes='linuxrc-child init-linuxrc init-linuxrc-stays failures no-console onfail'
left_out='boot-report nfs-kernel-ip nfs-root no-brd root-chain root-names roots ubi-root watchdog'
# On classic no disk can be plugged in.
if is_stock; then scenes+=' late-root'; else left_out+=' late-root'; fi
while read -r scene; do
    [[ " $scenes $left_out tiny " == *" $scene "* ]] ||
        fail "nobody said whether the scene $scene is for the small build"
done < <(grep -l linuxrc_tree "$vm_folder"/scenes/*.sh | sed 's|.*/||; s|\.sh$||')
if [[ -z ${FULL-} ]]; then
    scenes=$(tr ' ' '\n' <<<"$scenes" | sort -R --random-source=<(yes "${SEED:-1}" || true) | head -n 1)
fi
for scene in $scenes; do
    echo "the scene $scene"
    # shellcheck source=/dev/null
    . "$vm_folder/scenes/$scene.sh"
    rm -rf "${WORK:?}"/*
done
