# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# Sourced by scenes/matrix.sh. The legacy images of the table of kernels and images, and what became of a
# boot with one of them.

# case|compression|file system|KiB|way
# ram0: root=/dev/ram0 rw, and the image's init. disk: root=/dev/vda ro, and the image's /linuxrc before.
# shellcheck disable=SC2034  # the scene reads it
matrix_cases='ram0-gzip|gzip|ext2|4096|ram0
disk-script|gzip|script|4096|disk
disk-initrd|gzip|script|4096|disk
ram0-raw||ext2|4096|ram0
ram0-bzip2|bzip2|ext2|4096|ram0
ram0-lzma|lzma|ext2|4096|ram0
ram0-xz|xz|ext2|4096|ram0
ram0-lzo|lzo|ext2|4096|ram0
ram0-lz4|lz4|ext2|4096|ram0
ram0-zstd|zstd|ext2|4096|ram0
ram0-4k-blocks|gzip|ext2-4k|4096|ram0
ram0-exact-size|gzip|ext2|65536|ram0
ram0-squashfs||squashfs||ram0
ram0-romfs|gzip|romfs||ram0
ram0-cramfs||cramfs||ram0
ram0-minix|gzip|minix||ram0
disk-real-root-dev|gzip|echo|4096|disk
disk-pivot|gzip|pivot|4096|disk'

# matrix_tree DIR KIND: the tree of an image of that kind.
matrix_tree() {
    guest_tree "$1"
    guest_init "$1"
    mkdir "$1/initrd"
    {
        echo '#!/bin/sh'
        echo 'PATH=/bin'
        # shellcheck disable=SC2016  # the guest's shell expands it
        echo 'echo "GUEST linuxrc arg0=$0"'
        case $2 in
            echo)
                # The second disk, by its number, as scripts of the time asked for their root.
                echo 'mount -t proc proc /proc'
                echo 'echo 0xfe10 >/proc/sys/kernel/real-root-dev'
                echo 'umount /proc'
                ;;
            pivot)
                echo 'mount -t proc proc /proc'
                echo 'echo 0x100 >/proc/sys/kernel/real-root-dev'
                echo 'umount /proc'
                echo '[ -e /dev/vda ] || mknod /dev/vda b 254 0'
                echo 'mount -t ext2 -o ro /dev/vda /mnt || mount -t ext4 -o ro /dev/vda /mnt'
                echo 'cd /mnt && pivot_root . initrd'
                ;;
        esac
    } >"$1/linuxrc"
    chmod 755 "$1/linuxrc"
}

# matrix_short_names DIR: a tree that has no name of more than 14 characters. The path of klibc's library
# stands in each of its programs.
matrix_short_names() {
    local library file
    library=$(cd "$1/lib" && echo klibc-*.so)
    mv "$1/lib/$library" "$1/lib/k.so"
    for file in "$1"/bin/*; do
        python3 - "$file" "/lib/$library" /lib/k.so <<'PYTHON'
import sys
old, new = (word.encode() for word in sys.argv[2:])
data = open(sys.argv[1], "rb").read().replace(old, new.ljust(len(old), b"\0"))
open(sys.argv[1], "wb").write(data)
PYTHON
    done
}

# matrix_image IMAGE KIND KIB
matrix_image() {
    local image=$1 kind=$2 tree=$1.tree
    matrix_tree "$tree" "$kind"
    case $kind in
        squashfs) mksquashfs "$tree" "$image" -quiet -no-progress -all-root -comp gzip >/dev/null ;;
        romfs) genromfs -f "$image" -d "$tree" ;;
        cramfs) mkfs.cramfs "$tree" "$image" >/dev/null ;;
        minix)
            matrix_short_names "$tree"
            python3 "$vm_folder/minix.py" "$image" "$tree"
            ;;
        *)
            local block=1024
            if [[ $kind == ext2-4k ]]; then block=4096; fi
            "$(tool mkramdisk)" -s "${3}k" -b "$block" -U -D "$tree.table" -o "$image" "$tree"
            ;;
    esac
}

# matrix_compress IMAGE METHOD: in the form that kernels take; prints the file's name.
matrix_compress() {
    if [[ -z $2 ]]; then
        echo "$1"
        return
    fi
    case $2 in
        gzip) gzip -9nc "$1" ;;
        bzip2) bzip2 -c "$1" ;;
        lzma) lzma -c "$1" ;;
        xz) xz -c --check=crc32 "$1" ;;
        lzo) lzop -c "$1" ;;
        lz4) lz4 -lc "$1" ;;
        zstd) zstd -qc "$1" ;;
    esac >"$1.$2"
    echo "$1.$2"
}

# matrix_verdict CASE: what became of the last boot, in a word or a few.
matrix_verdict() {
    local root way=${1%%-*} wanted=254:0
    root=$(sed -n 's/.*GUEST root=\([0-9:]*\) .*/\1/p' "$CONSOLE" | head -n 1)
    if [[ $1 == disk-real-root-dev ]]; then wanted=254:16; fi
    if grep -qa 'Kernel panic' "$CONSOLE"; then
        echo 'panic'
    elif ! grep -qa 'GUEST done' "$CONSOLE"; then
        echo 'refused'
    elif [[ $way == ram0 ]]; then
        [[ $root == 1:0 ]] && echo 'boots' || echo "root is $root"
    elif ! grep -qa 'GUEST linuxrc' "$CONSOLE"; then
        echo 'no /linuxrc'
    elif [[ $root != "$wanted" ]]; then
        [[ $root == 1:0 ]] && echo 'stays on the image' || echo 'another root'
    elif [[ $1 == disk-initrd || $1 == disk-pivot ]] && ! grep -qa 'GUEST initrd=full' "$CONSOLE"; then
        echo 'boots, /initrd empty'
    else
        echo 'boots'
    fi
}
