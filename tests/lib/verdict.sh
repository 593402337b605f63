# shellcheck shell=sh
# How a test that is a script ends before its end. Sourced. What is said goes to standard error, so
# that it is seen from inside $(...) too; there the test ends where the result is assigned.

# skip REASON: ctest and tests/run show it as skipped.
skip() {
    echo "SKIP: $*" >&2
    exit 77
}

fail() {
    echo "FAIL: $*" >&2
    exit 1
}

# need PROGRAM...: skips the test where one is not installed.
need() {
    for needed; do
        command -v "$needed" >/dev/null || skip "$needed is not installed"
    done
}
