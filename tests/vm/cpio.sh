# shellcheck shell=bash
# Sourced. Writes a newc cpio archive member by member on standard output, so that device nodes
# need no root and the same members give the same bytes. The format:
# Documentation/driver-api/early-userspace/buffer-format.rst in the kernel's sources.

# cpio_member NAME MODE SIZE [MAJOR MINOR]: a header; the data and its padding are the caller's.
cpio_member() {
    local length=$((${#1} + 1))
    printf '070701'
    # inode, mode, uid, gid, links, time, size, device, special file's device, name's length, check
    printf '%08x' $((++cpio_inode)) "$2" 0 0 1 0 "$3" 0 0 "${4:-0}" "${5:-0}" "$length" 0
    printf '%s\0' "$1"
    cpio_pad $((110 + length))
}

# cpio_pad LENGTH: zeros up to a multiple of four.
cpio_pad() {
    local missing=$(((4 - $1 % 4) % 4))
    ((missing == 0)) || printf '\0%.0s' $(seq "$missing")
}

cpio_begin() { cpio_inode=0; }
cpio_folder() { cpio_member "$1" 0040755 0; }
cpio_device() { cpio_member "$1" 0020600 0 "$2" "$3"; }

# cpio_file NAME MODE FILE. MODE is the permissions, in octal.
cpio_file() {
    local size
    size=$(stat -L -c %s "$3")
    cpio_member "$1" $((0100000 | 0$2)) "$size"
    cat "$3"
    cpio_pad "$size"
}

cpio_end() { cpio_member 'TRAILER!!!' 0 0; }
