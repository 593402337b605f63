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

# wrap_image OUT IMAGE [OPTION...]: the initramfs of a legacy image for this scene's kernel, by
# mkramdisk. Its words are in $WORK/wrap.log.
wrap_image() {
    local out=$1 image=$2
    shift 2
    [[ -z $(modules_folder "$KERNEL_DIR") ]] || set -- --modules "$KERNEL_DIR" "$@"
    "$(tool mkramdisk)" --wrap "$image" -o "$out" "$@" >"$WORK/wrap.log" 2>&1 ||
        fail "mkramdisk --wrap failed: $(<"$WORK/wrap.log")"
}

# boot_legacy IMAGE OPTION...: this kernel boots with the legacy image. Kernels that load and run
# it themselves get it from the boot loader; the others get it wrapped, with the modules. After
# --wrap every kernel gets it wrapped; after --wrap-unseen too, but by make_initramfs, for images that
# mkramdisk refuses because they could not boot.
boot_legacy() {
    local wrap='' image modules=()
    case $1 in --wrap | --wrap-unseen)
        wrap=$1
        shift
        ;;
    esac
    image=$1
    shift
    if [[ $wrap == --wrap-unseen ]]; then
        mapfile -t modules < <(stock_modules "$KERNEL_DIR")
        make_initramfs "$WORK/initramfs" "$(tool linuxrc)" "$image" "$KERNEL_DIR" \
            ${modules[@]+"${modules[@]}"}
        image=$WORK/initramfs
    elif is_stock || [[ -n $wrap ]]; then
        wrap_image "$WORK/initramfs" "$image"
        image=$WORK/initramfs
    fi
    boot --initrd "$image" "$@"
}
