# shellcheck shell=bash
# Sourced by the scenes of rdload. A machine whose /init is a script with rdload beside it.

: "${guest_programs:?}" # from guest.sh

# rdload_machine OUT SCRIPT [KERNEL-FOLDER MODULE...]: an initramfs with klibc's tools, rdload and its
# libraries, the modules as /lib/NAME.ko, and /init, which runs the commands of SCRIPT. There
#   run NAME COMMAND...    runs it and prints "GUEST NAME exit=N" after what it says
#   free_kib               sets $free to the KiB of free memory
# Files for the guest can be put into OUT.tree before.
rdload_machine() {
    local out=$1
    rdload_tree "$out.tree" "${@:2}"
    {
        cpio_begin
        cpio_folder dev
        cpio_device dev/console 5 1
        cpio_end
        (cd "$out.tree" && find . -mindepth 1 | cpio -o -H newc --quiet)
    } >"$out"
}

# rdload_tree DIR SCRIPT [KERNEL-FOLDER MODULE...]: what is in it.
rdload_tree() {
    local tree=$1 script=$2 library file
    shift 2
    guest_tree "$tree"
    strip -o "$tree/bin/rdload" "$(tool rdload)"
    for library in $(ldd "$(tool rdload)" | grep -oE '/[^ ]+'); do
        install -D -m 755 "$(readlink -f "$library")" "$tree$library"
    done
    if (($# > 1)); then
        for file in $(module_files "$@"); do
            library=${file##*/}
            unpack_module "$file" "$tree/lib/${library%%.*}.ko"
        done
    fi
    { cat "$guest_programs/rdload-init" "$script"; echo 'end'; } >"$tree/init"
    chmod 755 "$tree/init"
}

# noise_image FILE KIB: an ext2 file system full of noise, no page of which is zero but in its tables.
noise_image() {
    mke2fs -q -F -t ext2 -b 1024 -N 16 "$1" "$2" >/dev/null
    head -c "$(($2 * 9 / 10))k" /dev/urandom >"$1.noise"
    debugfs -w -R "write $1.noise noise" "$1" &>/dev/null
    rm "$1.noise"
}

# same_start FILE OTHER: OTHER begins with FILE.
same_start() {
    cmp -n "$(stat -c %s "$1")" "$1" "$2" || fail "${2##*/} does not begin with ${1##*/}"
}
