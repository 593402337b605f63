# shellcheck shell=bash
# Sourced. What runs in the machines: a small root tree of klibc's programs, made without root.

guest_programs=${BASH_SOURCE[0]%/*}/guest

# guest_tree DIR: the programs in /bin, empty mount points, and no init. Device nodes are not in
# the tree, which would need root, but in DIR.table, a device table as genext2fs takes it.
guest_tree() {
    local tools=/usr/lib/klibc/bin tool
    [[ -d $tools ]] || skip "klibc-utils is not installed"
    mkdir -p "$1"/{bin,dev,etc,lib,mnt,proc,sbin,sys,tmp}
    for tool in "$tools"/*; do
        # These would only make the image larger; gunzip and zcat are links to gzip.
        case ${tool##*/} in kinit | resume | fstype | gunzip | zcat) continue ;; esac
        cp "$tool" "$1/bin"
    done
    cp /lib/klibc-*.so "$1/lib"
    cp "$guest_programs/memory" "$1/bin"
    cat >"$1.table" <<'EOF'
# name type mode uid gid major minor start increment count
/dev/console c 600 0 0 5 1 - - -
/dev/tty     c 666 0 0 5 0 - - -
/dev/ttyS0   c 600 0 0 4 64 - - -
/dev/null    c 666 0 0 1 3 - - -
/dev/zero    c 666 0 0 1 5 - - -
/dev/kmsg    c 600 0 0 1 11 - - -
/dev/ram0    b 600 0 0 1 0 - - -
/dev/ram1    b 600 0 0 1 1 - - -
EOF
}

# guest_init DIR [NAME]: NAME (sbin/init) reports what it finds and powers off; guest/init lists its
# lines.
guest_init() { install -D -m 755 "$guest_programs/init" "$1/${2:-sbin/init}"; }

# guest_init_memory DIR: the same, and measures free memory as "init".
guest_init_memory() {
    guest_init "$1"
    sed -i 's|^# measure here$|memory init|' "$1/sbin/init"
}

# guest_image IMAGE DIR [KIB]: an ext2 image of DIR and DIR.table (4096 KiB), by mke2fs and
# debugfs: an oracle that owes nothing to mkramdisk.
guest_image() {
    rm -f "$1"
    mke2fs -q -F -t ext2 -b 1024 -I 128 -E root_owner=0:0 -d "$2" "$1" "${3:-4096}" &>"$1.log" ||
        fail "mke2fs could not make ${1##*/}: $(<"$1.log")"
    [[ ! -f $2.table ]] || debugfs -w -f <(table_commands <"$2.table") "$1" &>"$1.log"
    e2fsck -fn "$1" &>"$1.log" ||
        fail "e2fsck finds faults in ${1##*/}: $(<"$1.log")"
}

# erased_flash FILE SIZE [CONTENTS [FIRST]]: all ones, as erased flash is, and the contents from byte FIRST on.
erased_flash() {
    head -c "$2" /dev/zero | tr '\0' '\377' >"$1"
    [[ -z ${3-} ]] || dd if="$3" of="$1" bs=64K seek="${4:-0}" oflag=seek_bytes conv=notrunc status=none
}

# A device table's nodes as debugfs commands. debugfs gives them mode 0, so it is set as well.
table_commands() {
    local path type mode uid gid major minor _
    while read -r path type mode uid gid major minor _; do
        case $type in
            c) mode=$((020000 | 0$mode)) ;;
            b) mode=$((060000 | 0$mode)) ;;
            *) continue ;;
        esac
        printf 'cd %s\nmknod %s %s %d %d\n' "${path%/*}/" "${path##*/}" "$type" "$major" "$minor"
        printf 'sif %s mode 0%o\nsif %s uid %d\nsif %s gid %d\n' "$path" "$mode" "$path" "$uid" "$path" "$gid"
    done
}
