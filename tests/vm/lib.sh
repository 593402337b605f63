# shellcheck shell=bash
# Sourced by tests/vm/run before a scene. README.md beside this file says how scenes are written.

vm_folder=${BASH_SOURCE[0]%/*}
# shellcheck source=tests/vm/cpio.sh
. "$vm_folder/cpio.sh"
# shellcheck source=tests/vm/guest.sh
. "$vm_folder/guest.sh"
# shellcheck source=tests/vm/legacy.sh
. "$vm_folder/legacy.sh"
# shellcheck source=tests/vm/initramfs.sh
. "$vm_folder/initramfs.sh"
# shellcheck source=tests/lib/verdict.sh
. "$vm_folder/../lib/verdict.sh"

# Given by tests/vm/run: SCENE, KERNEL (its name), KERNEL_DIR, WORK, CONSOLE.
: "${KERNEL:?}"

# fail REASON: ends the scene as failed, with the end of the console.
fail() {
    echo "FAIL: scene $SCENE on $KERNEL: $*" >&2
    if [[ -s $CONSOLE ]]; then
        { echo "--- the last 40 lines of the console:"; tail -n 40 "$CONSOLE"; echo "---"; } >&2
    fi
    exit 1
}

# tool NAME: prints the path of one of the project's programs.
tool() {
    [[ -n ${BIN-} ]] || fail "BIN does not name the folder of the built programs"
    [[ -x $BIN/$1 ]] || fail "there is no program $BIN/$1"
    echo "$BIN/$1"
}

is_stock() { [[ $KERNEL == stock-* ]]; }

# What the machine runs under, such as nsenter; empty for nothing.
inside=()

# boot [OPTION]... [-- QEMU-OPTION...]: boots this scene's kernel with the options of tests/vm/boot.
# The console is then in the file $CONSOLE. A machine that does not end in time fails the scene.
boot() {
    local options=() status=0
    while (($#)) && [[ $1 != -- ]]; do
        options+=("$1")
        shift
    done
    ${inside[@]+"${inside[@]}"} "$vm_folder/boot" --log "$CONSOLE" ${options[@]+"${options[@]}"} "$KERNEL_DIR" "$@" \
        2>"$WORK/boot.err" || status=$?
    ((status == 0)) || fail "$(<"$WORK/boot.err")"
}

# expect TEXT...: each fixed text is on the console.
expect() {
    local text
    for text; do
        grep -qaF -e "$text" "$CONSOLE" || fail "the console lacks: $text"
    done
}

# expect_re REGEX: an extended regular expression matches a line of the console.
expect_re() { grep -qaE -e "$1" "$CONSOLE" || fail "no line of the console matches: $1"; }

# refuse TEXT...: none of the fixed texts is on the console.
refuse() {
    local text
    for text; do
        ! grep -qaF -e "$text" "$CONSOLE" || fail "the console must not say: $text"
    done
}

# refuse_re REGEX: an extended regular expression matches no line of the console.
refuse_re() { ! grep -qaE -e "$1" "$CONSOLE" || fail "a line of the console matches: $1"; }

# expect_in_order TEXT...: each fixed text is on the console, after the one before.
expect_in_order() {
    local text rest before='its beginning'
    rest=$(<"$CONSOLE")
    for text; do
        [[ $rest == *"$text"* ]] || fail "the console lacks, after $before: $text"
        rest=${rest#*"$text"}
        before="\"$text\""
    done
}

# memory_of LABEL: prints the KiB that the guest's program memory printed for LABEL.
memory_of() {
    sed -n "s/.*GUEST memory $1=\([0-9]*\).*/\1/p" "$CONSOLE" | tail -n 1 | grep . ||
        fail "the console has no memory figure for $1"
}
