# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# The same unmodified legacy images on every kernel, as they are and wrapped; mkramdisk --inspect must have
# said of each whether it boots. Two images by SEED, all of them with FULL=1, or those that CASES names. The
# lines "TABLE ..." are collected by tests/vm/table.
# kernels: classic classic-7 stock-6.1 stock-6.12 stock-7

# shellcheck source=tests/vm/matrix.sh
. "$vm_folder/matrix.sh"
need mksquashfs genromfs mkfs.cramfs python3 bzip2 lzma xz lzop lz4 zstd

chosen=${CASES-}
if [[ -z $chosen && -z ${FULL-} ]]; then
    chosen=$(cut -d'|' -f1 <<<"$matrix_cases" | sort -R --random-source=<(yes "${SEED:-1}$KERNEL") | head -n 2)
fi
kernel_facts=$KERNEL_DIR
if ! is_stock; then kernel_facts=$KERNEL_DIR/config; fi

guest_tree "$WORK/disk.tree"
guest_init "$WORK/disk.tree"
guest_image "$WORK/without" "$WORK/disk.tree"
cp "$WORK/without" "$WORK/second"
mkdir "$WORK/disk.tree/initrd"
guest_image "$WORK/with" "$WORK/disk.tree"

# try HOW CASE WAY IMAGE: boots and says what became of it, and checks what --inspect said of it.
try() {
    local how=$1 case=$2 way=$3 image=$4 words said verdict disks=(--disk "$WORK/without" --disk "$WORK/second")
    words='root=/dev/ram0 rw'
    if [[ $way == disk ]]; then words='root=/dev/vda ro'; fi
    case $case in disk-initrd | disk-pivot) disks=(--disk "$WORK/with") ;; esac
    if [[ $case == ram0-* ]]; then disks=(); fi
    boot --initrd "$image" ${disks[@]+"${disks[@]}"} --append "$words" --until 'linuxrc: the boot cannot go on'
    verdict=$(matrix_verdict "$case")
    echo "TABLE|$case|$how|$verdict"
    # What a script will do is not to be seen in the image.
    case $case in disk-real-root-dev | disk-pivot) return ;; esac
    said=$(sed -n "s/^  $how, .*$( [[ $way == ram0 ]] && echo ram0 || echo 'as root='): //p" "$WORK/inspected")
    if [[ $verdict == boots* ]]; then
        [[ $said == boots ]] || fail "$case, $how: it boots, and --inspect said \"$said\""
    else
        [[ $said == 'does not boot' ]] || fail "$case, $how: $verdict, and --inspect said \"$said\""
    fi
}

while IFS='|' read -r case compression kind kib way; do
    if [[ -n $chosen ]] && ! grep -qxF -e "$case" <<<"${chosen// /$'\n'}"; then continue; fi
    matrix_image "$WORK/$case" "$kind" "$kib"
    image=$(matrix_compress "$WORK/$case" "$compression")
    "$(tool mkramdisk)" --inspect "$image" --kernel "$kernel_facts" >"$WORK/inspected" ||
        fail "--inspect $case failed"
    try 'as it is' "$case" "$way" "$image"
    options=()
    if is_stock; then options=(--modules "$KERNEL_DIR"); fi
    if "$(tool mkramdisk)" --wrap "$image" -o "$WORK/wrapped" ${options[@]+"${options[@]}"} >"$WORK/wrap.log" 2>&1; then
        try 'wrapped' "$case" "$way" "$WORK/wrapped"
    else
        grep -q 'no driver to mount\|no decoder for' "$WORK/wrap.log" || fail "--wrap $case: $(<"$WORK/wrap.log")"
        grep -q '^  wrapped, .*: does not boot' "$WORK/inspected" || fail "$case: --inspect said that it boots"
        echo "TABLE|$case|wrapped|$(sed -n 's/.*\(no driver\|no decoder\).*/not wrapped: \1/p' "$WORK/wrap.log")"
    fi
    rm -rf "${WORK:?}/$case"* "$WORK/wrapped"
done <<<"$matrix_cases"
