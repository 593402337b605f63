# shellcheck shell=bash
# Sourced. Kernels built from Debian's sources, so that they load an image by themselves.

classic_folder=${BASH_SOURCE[0]%/*}

# Raise this when a change of this file makes another kernel of the same fragment.
classic_recipe=1

# make, without what the caller's environment may have set for other kernels or another make.
kernel_make() {
    setpriv --pdeathsig TERM env -i PATH="$PATH" LC_ALL=C KBUILD_BUILD_USER=image-initrd \
        KBUILD_BUILD_HOST=classic make "$@"
}

# fragments NAMES: the text of configuration fragments; NAMES are separated by blanks.
fragments() {
    local name
    for name in $1; do cat "$classic_folder/$name.config"; done
}

# classic_key FRAGMENTS: what a kernel is made of, as a part of its folder's name.
classic_key() {
    { echo "$classic_recipe" && fragments "$1"; } | sha256sum | cut -c1-12
}

newest_source_7() {
    apt_for "$1" apt-cache search --names-only '^linux-source-7\.[0-9]+$' | cut -d' ' -f1 | sort -V | tail -n 1
}

# Symbols of the fragments that a later kernel cannot have as asked for, as "VERSION-GLOB SYMBOL";
# none so far.
excused_symbols=''

is_excused() {
    local version=$1 glob symbol
    while read -r glob symbol; do
        # shellcheck disable=SC2053  # a pattern on purpose
        if [[ $symbol == "$2" && $version == $glob ]]; then return 0; fi
    done <<<"$excused_symbols"
    return 1
}

# refused_symbols TREE FRAGMENTS: prints what the configuration in the source tree lacks though the
# fragments ask for it: a misspelt or removed symbol, or one whose own conditions do not hold.
refused_symbols() {
    local symbol value version
    version=$(kernel_make -s -C "$1" kernelversion)
    while IFS='=' read -r symbol value; do
        if [[ $value == n ]]; then
            grep -q "^$symbol=" "$1/.config" || continue
        elif grep -qx "$symbol=$value" "$1/.config"; then
            continue
        fi
        is_excused "$version" "$symbol" || echo "$symbol=$value"
    done < <(fragments "$2" | grep '^CONFIG_')
}

# configure_classic TREE FRAGMENTS
configure_classic() {
    local refused
    kernel_make -s -C "$1" tinyconfig && fragments "$2" >>"$1/.config" &&
        kernel_make -s -C "$1" olddefconfig || return
    refused=$(refused_symbols "$1" "$2")
    if [[ -n $refused ]]; then
        echo "the kernel's configuration refuses: ${refused//$'\n'/ }"
        return 1
    fi
}

# build_classic TREE LOG: compiles, and says every 20 s how far it is.
build_classic() {
    local build start=$SECONDS told=$SECONDS
    kernel_make -C "$1" -j"$(nproc)" bzImage >>"$2" 2>&1 &
    build=$!
    while kill -0 "$build" 2>/dev/null; do
        if ((SECONDS - told >= 20)); then
            told=$SECONDS
            echo "  $(grep -cE '^  (CC|AS) ' "$2") objects, $((SECONDS - start)) s" >&2
        fi
        sleep 0.5
    done
    wait "$build"
}

# classic_kernel SUITE PACKAGE FRAGMENTS FOLDER
classic_kernel() {
    local folder=$4 log tree start=$SECONDS
    log=${folder%.new}.log
    if [[ $folder == *[[:space:]:]* ]]; then
        echo "a kernel cannot be built below $folder: set IMAGE_INITRD_CACHE to a path without blanks and colons" >&2
        return 1
    fi
    fetch_packages "$1" "$folder/unpacked" "$2" || return
    echo "unpacking the sources" >&2
    # Drivers for graphics are half of the sources, and only their Kconfig files are looked at.
    tar -xJf "$folder"/unpacked/usr/src/linux-source-*.tar.xz -C "$folder/unpacked" --exclude='*/drivers/gpu/drm/*.[ch]' || return
    tree=$(echo "$folder"/unpacked/linux-source-*)
    echo "configuring and compiling; the log is $log" >&2
    if ! { configure_classic "$tree" "$3" >"$log" 2>&1 && build_classic "$tree" "$log"; }; then
        tail -n 40 "$log" >&2
        echo "the kernel was not built; the whole log is $log" >&2
        return 1
    fi
    mv "$tree/arch/x86/boot/bzImage" "$folder/vmlinuz" &&
        mv "$tree/.config" "$folder/config" &&
        kernel_make -s -C "$tree" kernelrelease >"$folder/release" &&
        rm -rf "$folder/unpacked" || return
    echo "built $(<"$folder/release") in $((SECONDS - start)) s" >&2
}
