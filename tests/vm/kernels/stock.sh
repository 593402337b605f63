# shellcheck shell=bash
# Sourced. Debian's own kernels: those for virtual machines, and the generic one, which has drivers of flash
# memory, too.

# packages_behind SUITE PACKAGE: up to 6.12 that is one package; in 7 the kernel, its modules and the
# lists of what is built in have packages of their own.
packages_behind() {
    apt_for "$1" apt-cache depends --recurse --important "$2" |
        grep -E '^linux-(image|binary|modules|base)-[0-9]' | sort -u
}
stock_packages() { packages_behind "$1" linux-image-cloud-amd64; }
generic_packages() { packages_behind "$1" linux-image-amd64; }

# stock_kernel SUITE PACKAGES NOTHING FOLDER
stock_kernel() {
    local folder=$4 release
    fetch_packages "$1" "$folder/unpacked" "$2" || return
    # The kernel lies in /boot, in 7 beside its modules; those lie in /lib or in /usr/lib.
    mkdir "$folder/lib"
    find "$folder/unpacked" -path '*/lib/modules' -exec mv {} "$folder/lib" \; -prune
    find "$folder" -name 'vmlinuz*' -type f -exec mv {} "$folder/vmlinuz" \;
    rm -rf "$folder/unpacked"
    if ! release=$(ls "$folder/lib/modules") || [[ -z $release || ! -s $folder/vmlinuz ]]; then
        echo "what $2 named in $1 holds no kernel with modules" >&2
        return 1
    fi
    echo "$release" >"$folder/release"
    depmod -b "$folder" "$release"
}
