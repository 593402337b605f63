# shellcheck shell=bash
# Sourced by the scenes of linuxrc.ramroot=: images whose init tells what runs, flash disks that hold
# them, and boots that must not write there.

# ram_root_tree DIR NAME [LINE...]: a guest tree that says its NAME; the lines are run before it powers off.
ram_root_tree() {
    local tree=$1 name=$2
    shift 2
    guest_tree "$tree"
    mkdir -p "$tree/run"
    guest_init "$tree"
    {
        echo "echo \"GUEST name=$name\""
        # shellcheck disable=SC2016  # the guest's shell expands it
        echo '[ ! -e /etc/changed ] || echo "GUEST changed=$(cat /etc/changed)"'
        for line; do echo "$line"; done
        # shellcheck disable=SC2016  # the guest's shell expands it
        echo 'while read -r line; do echo "REPORT $line"; done </run/linuxrc.json'
    } >"$WORK/lines"
    sed -i "/^# measure here\$/r $WORK/lines" "$tree/sbin/init"
}

# ram_root_image IMAGE NAME [KIB]: an ext2 image of such a tree, by mke2fs.
ram_root_image() {
    [[ -d $1.tree ]] || ram_root_tree "$1.tree" "$2"
    guest_image "$1" "$1.tree" "${3:-6144}"
}

# with_sum FILE: its .sha256 beside it, by sha256sum.
with_sum() { (cd "${1%/*}" && sha256sum "${1##*/}" >"${1##*/}.sha256"); }

# flash_disk DISK DIR [KIB]: an ext2 file system of DIR, as a flash disk has it.
flash_disk() {
    rm -f "$1"
    mke2fs -qF -t ext2 -b 1024 -d "$2" "$1" "${3:-16384}" &>"$1.log" || fail "mke2fs: $(<"$1.log")"
}

# ram_root_initramfs OUT: linuxrc as /init, with the modules that a stock kernel needs.
ram_root_initramfs() {
    local modules=()
    mapfile -t modules < <(stock_modules "$KERNEL_DIR")
    if ((${#modules[@]})); then modules=("$KERNEL_DIR" "${modules[@]}"); fi
    make_initramfs "$1" "$(tool linuxrc)" '' ${modules[@]+"${modules[@]}"}
}

# boot_ram_root WORDS OPTION...: the disks of the options are not to be changed.
boot_ram_root() {
    local words=$1 option disks=() before
    shift
    for option; do [[ ! -f $option ]] || disks+=("$option"); done
    before=$(sha256sum ${disks[@]+"${disks[@]}"} </dev/null)
    boot --initrd "$WORK/initramfs" --append "rw $words" "$@"
    [[ $(sha256sum ${disks[@]+"${disks[@]}"} </dev/null) == "$before" ]] || fail "a disk was written: $words"
    refuse 'Kernel panic'
}

# runs_in_ram NAME: init ran on a RAM disk with that image, and no disk is mounted.
runs_in_ram() {
    expect "GUEST name=$1" 'GUEST done'
    expect_re '^GUEST root=(1:0|7:0|25[0-9]:0) type=ext[24] source=/dev/ram0$'
    refuse_re '^GUEST mount: (/dev/(vd|root)|[^ ]* /flash )'
    refuse 'FAILED'
}

# reported EXPRESSION: the report of the boot, which Python reads, is so.
reported() {
    sed -n 's/^REPORT //p' "$CONSOLE" >"$WORK/report"
    python3 -c "import json, sys; report = json.load(open(sys.argv[1])); sys.exit(not ($1))" "$WORK/report" ||
        fail "the report is not so: $1: $(<"$WORK/report")"
}
