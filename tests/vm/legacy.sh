# shellcheck shell=bash
# Sourced. Legacy initrd images with the project's programs, and how each kernel gets them.

# ram_image IMAGE DIR [KIB]: an ext2 image of DIR and DIR.table by mkramdisk.
ram_image() {
    "$(tool mkramdisk)" -s "${3:-4096}k" -U -D "$2.table" -o "$1" "$2" || fail "mkramdisk failed"
    e2fsck -fn "$1" &>"$1.log" || fail "e2fsck finds faults in ${1##*/}: $(<"$1.log")"
}

# linuxrc_tree DIR: a guest tree with linuxrc as /linuxrc.
linuxrc_tree() {
    guest_tree "$1"
    install -m 755 "$(tool linuxrc)" "$1/linuxrc"
}

# legacy_image IMAGE DIR [KIB]: the gzip'd image IMAGE.gz, as boot loaders were given it for years.
legacy_image() {
    ram_image "$@"
    gzip -9nf "$1"
}

# real_root IMAGE [DIRECTORY...]: a disk with a guest tree, its reporting init, and directories.
real_root() {
    local image=$1 tree=$1.tree
    shift
    guest_tree "$tree"
    guest_init_memory "$tree"
    (cd "$tree" && mkdir -p "$@" .)
    guest_image "$image" "$tree" 8192
}

# boot_legacy IMAGE OPTION...: this kernel boots with the legacy image. Kernels that load and run
# it themselves get it from the boot loader; the others get an initramfs with linuxrc as /init, the
# very same image and the modules. After --wrap every kernel gets the initramfs.
boot_legacy() {
    local wrap='' image modules=()
    if [[ $1 == --wrap ]]; then
        wrap=1
        shift
    fi
    image=$1
    shift
    if is_stock || [[ -n $wrap ]]; then
        mapfile -t modules < <(stock_modules "$KERNEL_DIR")
        make_initramfs "$WORK/initramfs" "$(tool linuxrc)" "$image" "$KERNEL_DIR" \
            ${modules[@]+"${modules[@]}"}
        image=$WORK/initramfs
    fi
    boot --initrd "$image" "$@"
}
