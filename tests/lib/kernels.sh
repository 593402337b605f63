# shellcheck shell=bash
# Sourced. Prepares the kernels that a test run needs.

# Kernels that prepare_kernels could not prepare, each with a blank before it.
missing_kernels=''

# prepare_kernels: of the tests that standard input lists as ctest --show-only does, those called
# vm.KERNEL.SCENE need a kernel. A kernel that cannot be had does not keep the others' tests from
# running.
prepare_kernels() {
    local kernel
    while read -r kernel; do
        echo "$kernel"
        tests/vm/kernel "$kernel" >/dev/null </dev/null || missing_kernels+=" $kernel"
    done < <(sed -n 's/^ *Test *#[0-9]*: vm\.\(.*\)\.[^.]*$/\1/p' | awk '!seen[$0]++')
}
