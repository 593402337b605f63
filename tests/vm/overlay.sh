# shellcheck shell=bash
# Sourced by the scenes of the overlay: a squashfs root whose init tells what it finds, and changes what
# the word do= of the command line asks it to.

# overlay_root IMAGE BUILD [DIRECTORY...]: the root, of the firmware BUILD.
overlay_root() {
    local image=$1 tree=$1.tree build=$2
    need mksquashfs
    shift 2
    guest_tree "$tree"
    (cd "$tree" && mkdir -p rom overlay "$@")
    printf 'ID=test\nBUILD_ID="%s"\n' "$build" >"$tree/etc/os-release"
    echo delivered >"$tree/etc/delivered"
    mkdir -p "$tree/lib/upgrade/keep.d" "$tree/etc/old"
    echo '/etc/change*' >"$tree/lib/upgrade/keep.d/base"
    echo delivered >"$tree/etc/old/file"
    cat >"$tree/sbin/init" <<'INIT'
#!/bin/sh
PATH=/bin:/sbin
[ -e /proc/mounts ] || mount -t proc proc /proc
echo "GUEST init pid=$$"
while read -r line; do echo "GUEST mount: $line"; done </proc/mounts
if [ -e /run/linuxrc.json ]; then while read -r line; do echo "REPORT $line"; done </run/linuxrc.json; fi
echo "GUEST state=$(readlink /overlay/.fs_state)"
echo "GUEST lower=$(readlink /overlay/.linuxrc.lower)"
for file in /etc/changed /etc/delivered /overlay/upper.1/etc/changed /etc/.hidden/file /etc/old/file /etc/twice \
    /overlay/upper.memory/etc/changed /sysupgrade.tgz; do
    said=absent
    [ ! -e $file ] || said=$(cat $file)
    echo "GUEST $file=$said"
done
good='' torn=''
for number in 1 2 3 4 5 6 7 8 9 10 11 12; do
    [ -e /etc/many/$number ] || continue
    if [ "$(cat /etc/many/$number)" = "file $number" ]; then good="$good$number "; else torn="$torn$number "; fi
done
echo "GUEST many=$good"
echo "GUEST torn=$torn"
case ${do-} in
    many)
        mkdir -p /etc/many
        for number in 1 2 3 4 5 6 7 8 9 10 11 12; do
            echo "file $number" >/etc/many/$number
            sync
        done
        ;;
    write)
        echo kept >/etc/changed
        nuke /etc/delivered
        mkdir -p /etc/.hidden
        echo kept >/etc/.hidden/file
        ;;
    carry)
        mkdir -p /etc/many
        for number in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "file $number" >/etc/many/$number; done
        echo kept >/etc/changed
        ln /etc/changed /etc/twice
        nuke /etc/delivered /etc/old
        mkdir /etc/old
        dd if=/etc/head of=/dev/vda bs=64k
        sync
        mount_root done
        echo "GUEST mount_root done=$?"
        ;;
    reset) linuxrc --factory-reset ;;
    pending) ln -s 1 /overlay/.fs_state.by-hand && mv /overlay/.fs_state.by-hand /overlay/.fs_state ;;
    stale) mkdir -p /overlay/work/work/left/behind ;;
    *) if echo more >/etc/more; then echo "GUEST can write"; fi ;;
esac
sync
echo "GUEST done"
# Elsewhere it is the end of a namespace.
[ -e /dev/null ] || exit 0
sleep 0.5
poweroff
INIT
    # As OpenWrt's, which runs before init.
    cat >"$tree/etc/preinit" <<'PREINIT'
#!/bin/sh
PATH=/bin:/sbin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /tmp
echo "GUEST before" >/tmp/before
[ -z "${nodes-}" ] || mount -t devtmpfs dev /dev
mount_root ${argument-}
echo "GUEST mount_root=$?"
if [ -n "${again-}" ]; then
    mount_root
    echo "GUEST again=$?"
fi
# Flash whose driver comes after something was changed, in memory: every kind of change.
if [ -n "${late-}" ]; then
    mount -t devtmpfs dev /dev
    echo kept >/etc/changed
    ln /etc/changed /etc/twice
    nuke /etc/delivered /etc/old
    mkdir -p /etc/old /etc/.hidden
    echo kept >/etc/.hidden/file
    echo "$late" >/sys/module/block2mtd/parameters/block2mtd
fi
mount_root done
echo "GUEST mount_root done=$?"
cat /tmp/before
exec /sbin/init
PREINIT
    install -m 755 "$(tool linuxrc)" "$tree/sbin/linuxrc"
    ln -s linuxrc "$tree/sbin/mount_root"
    chmod 755 "$tree/sbin/init" "$tree/etc/preinit"
    overlay_squashfs "$image"
}

# overlay_squashfs IMAGE: makes it anew of its tree.
overlay_squashfs() {
    mksquashfs "$1.tree" "$1" -quiet -no-progress -all-root -noappend -comp gzip \
        -p '/dev/console c 600 0 0 5 1' -p '/dev/null c 666 0 0 1 3' >/dev/null
}

# overlay_program IMAGE PROGRAM [NAME]: one of this machine's, with its libraries, as /sbin/NAME of the root.
overlay_program() {
    local program library
    program=$(command -v "$2")
    install -D "$program" "$1.tree/sbin/${3:-$2}"
    while read -r library; do
        install -D "$library" "$1.tree/$library"
    done < <(ldd "$program" | sed -n 's/.*[ \t]\(\/[^ ]*\) (0x.*/\1/p')
    overlay_squashfs "$1"
}

# mounts_are LINE...: what init saw in /proc/mounts is "POINT TYPE" of these, in any order, and /dev.
mounts_are() {
    local line
    sed -n 's/^GUEST mount: [^ ]* \([^ ]* [^ ]*\) .*/\1/p' "$CONSOLE" | grep -v '^/dev ' | sort >"$WORK/mounts"
    for line; do echo "$line"; done | sort | diff - "$WORK/mounts" || fail "the mount table is another one"
}

# overlay_initramfs OUT: linuxrc as /init, with the modules that a stock kernel needs.
overlay_initramfs() {
    local modules=()
    mapfile -t modules < <(stock_modules "$KERNEL_DIR")
    if ((${#modules[@]})); then modules=("$KERNEL_DIR" "${modules[@]}"); fi
    make_initramfs "$1" "$(tool linuxrc)" '' ${modules[@]+"${modules[@]}"}
}

# boot_overlay WORDS [OPTION...]: the root is vda.
boot_overlay() {
    local words=$1
    shift
    boot --initrd "$WORK/initramfs" --disk "$WORK/root" --append "root=/dev/vda ro $words" "$@"
    expect 'GUEST init pid=1' 'GUEST done'
    refuse 'Kernel panic' 'FAILED'
}
