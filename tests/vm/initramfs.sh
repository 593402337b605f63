# shellcheck shell=bash
# Sourced. Makes an initramfs that holds linuxrc and perhaps a legacy image, for the cases that mkramdisk
# --wrap is not for: no image at all, an image that is broken on purpose, or other modules.

# The modules by which a stock kernel reaches the disks and file systems of these scenes. What is
# built in needs no module: module_files leaves it out.
stock_module_names='virtio_pci virtio_blk ata_piix sd_mod ext4 brd loop zram squashfs overlay'

# modules_folder KERNEL-FOLDER: prints it, or nothing for a kernel that has no modules.
modules_folder() {
    local folder
    folder=$1/lib/modules/$(<"$1/release")
    [[ ! -d $folder ]] || echo "$folder"
}

# module_files KERNEL-FOLDER MODULE...: prints the files of the modules and of those that they need,
# in load order, each once.
module_files() {
    local kernel=$1
    shift
    modprobe --dirname "$kernel" --set-version "$(<"$kernel/release")" --config /dev/null \
        --all --show-depends -- "$@" | sed -n 's/^insmod \(.*\.ko[.a-z]*\) *$/\1/p' | awk '!seen[$0]++'
}

# stock_modules KERNEL-FOLDER: prints those of stock_module_names that are modules there.
stock_modules() {
    local name
    [[ -n $(modules_folder "$1") ]] || return 0
    for name in $stock_module_names; do
        if [[ -n $(module_files "$1" "$name" 2>/dev/null) ]]; then echo "$name"; fi
    done
}

# unpack_module FILE OUT: kernels differ in what compression they load; plain works on all.
unpack_module() {
    case $1 in
        *.xz) xz -dc "$1" >"$2" ;;
        *.zst) zstd -dqc "$1" >"$2" ;;
        *.gz) gzip -dc "$1" >"$2" ;;
        *) cp "$1" "$2" ;;
    esac
}

# make_initramfs OUT LINUXRC IMAGE [KERNEL-FOLDER MODULE...]: an uncompressed newc archive with
# LINUXRC as /init, IMAGE as /initrd.image (none when it is empty), /dev/console, and the modules as
# /lib/linuxrc/NAME.ko with their load order, one a line, in /lib/linuxrc/modules.list. A MODULE
# may carry parameters: "brd rd_size=8192".
make_initramfs() {
    local out=$1 linuxrc=$2 image=$3 staging=$1.modules
    shift 3
    rm -rf "$staging"
    if (($# > 1)); then stage_modules "$staging" "$@"; fi
    {
        cpio_begin
        cpio_file init 755 "$linuxrc"
        for folder in dev proc sys root; do cpio_folder "$folder"; done
        cpio_device dev/console 5 1
        if [[ -d $staging ]]; then
            cpio_folder lib
            cpio_folder lib/linuxrc
            for file in "$staging"/*; do cpio_file "lib/linuxrc/${file##*/}" 644 "$file"; done
        fi
        if [[ -n $image ]]; then cpio_file initrd.image 700 "$image"; fi
        cpio_end
    } >"$out"
}

# stage_modules FOLDER KERNEL-FOLDER MODULE...
stage_modules() {
    local staging=$1 kernel=$2 module name files file
    shift 2
    mkdir "$staging"
    : >"$staging/modules.list"
    for module; do
        mapfile -t files < <(module_files "$kernel" "${module%% *}")
        ((${#files[@]})) || fail "no module ${module%% *} in $kernel"
        for file in "${files[@]}"; do
            name=${file##*/}
            name=${name%%.*}
            [[ ! -e $staging/$name.ko ]] || continue
            unpack_module "$file" "$staging/$name.ko"
            if [[ ${name//-/_} == "${module%% *}" ]]; then name=$module; fi
            echo "${name%% *}.ko${name#"${name%% *}"}" >>"$staging/modules.list"
        done
    done
}
