# shellcheck shell=bash
# Sourced. Legacy initrd images with the project's programs, and how each kernel gets them.

# ram_image IMAGE DIR [KIB]: an ext2 image of DIR and DIR.table, as mkramdisk makes it.
ram_image() {
    guest_image "$1" "$2" "${3:-4096}"
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
# very same image and the modules. WRAP=1 asks for the initramfs on every kernel.
boot_legacy() {
    local image=$1 modules=()
    shift
    if is_stock || [[ -n ${WRAP-} ]]; then
        mapfile -t modules < <(stock_modules "$KERNEL_DIR")
        make_initramfs "$WORK/initramfs" "$(tool linuxrc)" "$image" "$KERNEL_DIR" \
            ${modules[@]+"${modules[@]}"}
        image=$WORK/initramfs
    fi
    boot --initrd "$image" "$@"
}
