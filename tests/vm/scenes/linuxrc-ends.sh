# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# How the image's /linuxrc is started, and the real root that is mounted however it ends: with an exit code, by a signal,
# without permission to execute it, or not there at all. On classic the kernel starts it; on the others linuxrc as /init
# does, and the line that tells how is the same. Nobody stays a zombie under init (statements 17, 18 and 24).
# kernels: classic stock-6.1 stock-7

# build SOURCE PROGRAM
build() { g++ -std=c++20 -static -s -O1 -o "$2" "$vm_folder/guest/$1.cpp" || fail "$1.cpp cannot be built"; }

guest_tree "$WORK/tree"
build started "$WORK/tree/linuxrc"
legacy_image "$WORK/image" "$WORK/tree" 8192
chmod 644 "$WORK/tree/linuxrc"
legacy_image "$WORK/forbidden" "$WORK/tree" 8192
rm "$WORK/tree/linuxrc"
legacy_image "$WORK/absent" "$WORK/tree" 8192

real_root "$WORK/disk" initrd
mv "$WORK/disk.tree/sbin/init" "$WORK/disk.tree/sbin/init.guest"
build reaper "$WORK/disk.tree/sbin/init"
guest_image "$WORK/disk" "$WORK/disk.tree" 8192

# ends WORD: a boot whose /linuxrc ends so.
ends() {
    boot_legacy "$WORK/image.gz" --disk "$WORK/disk" --append "root=/dev/vda ro linuxrc_ends=$1"
    expect "GUEST started: linuxrc; HOME=/ TERM=linux linuxrc_ends=$1; pid 1: no; session: own; group: own; in / on 1:0; umask 022; signal 0; files: 0=5:1rw 1=5:1rw 2=5:1rw."
    boots
}
boots() {
    expect_in_order 'GUEST init pid=1' 'GUEST initrd=full' 'GUEST done'
    refuse 'Kernel panic' 'GUEST root=1:0'
    # The kernel's own thread waits for nobody: init inherits what /linuxrc left.
    if is_stock; then expect 'GUEST zombies=0'; else expect 'GUEST zombies='; fi
}

ends 0
ends 3
if is_stock; then expect 'ended with exit code 3'; fi
ends crash
if is_stock; then expect 'killed by signal 11'; fi
# mkramdisk would not wrap these.
unseen=()
if is_stock; then unseen=(--wrap-unseen); fi
for image in forbidden absent; do
    boot_legacy ${unseen[@]+"${unseen[@]}"} "$WORK/$image.gz" --disk "$WORK/disk" --append 'root=/dev/vda ro'
    boots
    case $image in
        forbidden) reason='Permission denied' ;;
        absent) reason='No such file or directory' ;;
    esac
    if is_stock; then expect "execute /linuxrc: $reason"; fi
done
