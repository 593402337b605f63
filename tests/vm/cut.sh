# shellcheck shell=bash
# shellcheck disable=SC2154  # root_loop is the scene's, vm_folder lib.sh's
# Sourced by the scene power-cuts: an upper is recorded in a machine, and what a cut may have left of
# it is booted by the real linuxrc in private namespaces of this machine, which takes a fraction of a second.

# record UPPER WORDS: boots with WORDS and keeps every write to UPPER: UPPER.base is what it was before,
# UPPER.log what was written.
record() {
    local upper=$1
    cp "$upper" "$upper.base"
    : >"$upper.log"
    boot --initrd "$WORK/initramfs" --disk "$WORK/root" --append "$2" -- \
        -blockdev "driver=file,node-name=data,filename=$upper" \
        -blockdev "driver=file,node-name=log,filename=$upper.log" \
        -blockdev driver=blklogwrites,node-name=logged,file=data,log=log,log-sector-size=512 \
        -device virtio-blk-pci,drive=logged
    expect 'GUEST done'
    refuse 'FAILED'
}

# boot_here UPPER WORDS: the console is then in $WORK/here.
boot_here() {
    local upper
    upper=$(losetup -f --show "$1")
    rm -rf "$WORK/initramfs.here"
    mkdir -p "$WORK/initramfs.here"/{bin,lib,dev,proc,mnt,sbin}
    cp /usr/lib/klibc/bin/* "$WORK/initramfs.here/bin/"
    cp /lib/klibc-*.so "$WORK/initramfs.here/lib/"
    cp "$(tool linuxrc)" "$WORK/initramfs.here/linuxrc"
    mknod "$WORK/initramfs.here/dev/null" c 1 3
    : >"$WORK/initramfs.here/dev/console"
    echo "root=7:${root_loop#/dev/loop} ro linuxrc.overlay=7:${upper#/dev/loop} $2" >"$WORK/initramfs.here/cmdline"
    exec 3</dev/null 4>"$WORK/here"
    timeout -k 5 60 unshare -mpf --propagation unchanged --kill-child \
        sh "$vm_folder/enter-here" "$WORK/initramfs.here" "$WORK/point" || true
    exec 4>&-
    losetup -d "$upper"
}
