# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# The mount table after mount_root is OpenWrt's, line by line, in its four cases: rootfs_data is ready; there is
# none, and memory takes its place; mount_root done when it has come; an extroot named by /etc/config/fstab. The
# table is tests/vm/openwrt-mounts. In each a second mount_root is refused:
# two overlays on one upper would destroy it.
# kernels: classic classic-7

# shellcheck source=tests/vm/overlay.sh
. "$vm_folder/overlay.sh"
overlay_root "$WORK/root" r100
erased_flash "$WORK/flash" 4M
flash='/dev/vdb,64KiB,rootfs_data'

# boot_case WORDS [OPTION...]: the root is vda, what becomes flash vdb.
boot_case() {
    local words=$1
    shift
    boot --disk "$WORK/root" --disk "$WORK/flash" "$@" \
        --append "root=/dev/vda rootfstype=squashfs ro init=/etc/preinit again=1 $words"
    expect 'GUEST mount_root=0' 'GUEST init pid=1' 'GUEST done' 'GUEST can write' \
        '/ is another overlay already' 'GUEST again=1'
    refuse 'Kernel panic' 'FAILED'
}

# told: the lines of /proc/mounts that init saw, as the table has them. The kernel adds options of its own.
told() {
    sed -n 's/^GUEST mount: //p' "$CONSOLE" | while read -r source point type options _; do
        [[ $point != /dev ]] || continue
        case $type in
            proc | sysfs) options=- ;;
            tmpfs) [[ $point != /tmp ]] || options=- ;;
        esac
        options=$(tr ',' '\n' <<<"$options" |
            grep -E '^(-|r[ow]|noatime|mode=.*|(lower|upper|work)dir=.*)$' | paste -sd,)
        echo "$source $point $type $options"
    done | sort
}

# is_openwrts CASE
is_openwrts() {
    told >"$WORK/ours"
    awk -v "wanted=$1" '$1 == "*" || $1 == wanted { print $2, $3, $4, $5 }' "$vm_folder/openwrt-mounts" | sort >"$WORK/openwrts"
    [[ -s $WORK/openwrts ]] || fail "the table has no case $1"
    diff "$WORK/openwrts" "$WORK/ours" || fail "the mount table is not OpenWrt's: case $1"
}

# As in OpenWrt the device nodes are there before mount_root. The first boot finds erased flash, which its driver takes for an empty file system.
boot_case "nodes=1 block2mtd.block2mtd=$flash"
is_openwrts data

boot_case 'nodes=1'
expect 'the upper is absent: left alone'
is_openwrts memory

erased_flash "$WORK/flash" 4M
boot_case "late=$flash"
expect 'what was changed in memory is on the upper now'
is_openwrts 'done'

mke2fs -qF -t ext4 -m 0 -L extroot "$WORK/extroot" 8M >/dev/null
mkdir -p "$WORK/root.tree/etc/config"
cat >"$WORK/root.tree/etc/config/fstab" <<'END'
config 'mount'
        option target '/overlay'
        option label 'extroot'
        option enabled '1'
END
overlay_squashfs "$WORK/root"
boot_case "nodes=1 block2mtd.block2mtd=$flash" --disk "$WORK/extroot"
refuse 'not used'
is_openwrts extroot
