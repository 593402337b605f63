#!/bin/bash
# --inspect: what an initrd is, what it holds, and whether it boots on a kernel, with the reasons.
# shellcheck source=tests/wrap/lib.sh
. "$(dirname "$0")/lib.sh"
need mksquashfs xz cpio

# says IMAGE TEXT...: each fixed text is a part of what is said of the image on $kernel (none when empty).
says() {
    local image=$1 text
    shift
    "$mkramdisk" --inspect "$image" ${kernel:+--kernel "$kernel"} >said 2>&1 || fail "--inspect $image: $(<said)"
    for text; do grep -qF -e "$text" said || fail "--inspect $image does not say \"$text\": $(<said)"; done
}

mkdir -p tree/{bin,sbin,etc,lib,initrd}
cp "$BIN/linuxrc" tree/bin/sh
ln -s ../bin/sh tree/sbin/init
printf '#! /bin/sh -e\nexit 0\n' >tree/linuxrc
chmod 755 tree/linuxrc
echo '/dev/console c 600 0 0 5 1 - - -' >table
mkdir tree/dev
"$mkramdisk" -s 4096k -U -D table -o image tree
gzip -9nk image
xz -k --check=crc32 image

kernel=
says image 'ext2 file system, 4096 KiB in blocks of 1 KiB' '/linuxrc: script of /bin/sh, a 64-bit' \
    '/sbin/init: 64-bit' '/initrd: there' '/dev/console: there'
says image.gz 'gzip image, ext2 file system inside, 4096 KiB'
{ head -c 1024 /dev/zero && cat image; } >behind
"$mkramdisk" --inspect behind --offset 1024 | grep -q '/sbin/init: 64-bit' || fail "--offset"

# An init that could not run.
"$mkramdisk" -s 4096k -U -o no-shell tree --exclude 'bin/sh'
says no-shell '/linuxrc: script of /bin/sh, WHICH IS NOT THERE' '/sbin/init: not there'
chmod 644 tree/linuxrc
"$mkramdisk" -s 4096k -U -o not-executable tree
says not-executable '/linuxrc: not executable'
chmod 755 tree/linuxrc
# A dynamic program needs its loader.
cp "$mkramdisk" tree/bin/sh
"$mkramdisk" -s min -U -o dynamic tree
says dynamic 'loaded by /lib64/ld-linux-x86-64.so.2, WHICH IS NOT THERE'
(cd tree && find . | cpio -o -H newc --quiet) >an-initramfs
says an-initramfs 'an initramfs (cpio archive): every kernel since 2.6 boots it as it is'

# Configurations. Each reason comes and goes with its option.
configuration() {
    echo "# Linux/x86 $1 Kernel Configuration"
    shift
    printf 'CONFIG_%s\n' "$@"
}
all=(64BIT=y BLK_DEV_INITRD=y BLK_DEV_RAM=y BLK_DEV_RAM_SIZE=4096 RD_GZIP=y EXT2_FS=y BINFMT_SCRIPT=y)
kernel=config
configuration 6.1.90 "${all[@]}" >config
says image.gz 'as it is, root=/dev/ram0: boots' 'as it is, /linuxrc and then a disk as root=: boots' \
    'wrapped, root=/dev/ram0: boots'
configuration 7.2.13 "${all[@]}" >config
says image.gz 'as it is, root=/dev/ram0: boots' 'January 2027' \
    'no kernel runs /linuxrc from 7.0 on' 'wrapped, /linuxrc and then a disk as root=: boots'
# without OPTION TEXT: with the option off the image does not boot, for that reason.
without() {
    configuration 6.1.90 "${all[@]/$1=y/}" >config
    says image.gz 'as it is, root=/dev/ram0: does not boot' "$2"
}
without BLK_DEV_RAM 'CONFIG_BLK_DEV_RAM is off'
without BLK_DEV_INITRD 'CONFIG_BLK_DEV_INITRD is off'
without RD_GZIP 'CONFIG_RD_GZIP is off'
without EXT2_FS 'CONFIG_EXT2_FS or CONFIG_EXT4_FS is off'
without 64BIT 'is a 64-bit program, the kernel is not'
configuration 6.1.90 "${all[@]/BLK_DEV_RAM=y/BLK_DEV_RAM=m}" >config
says image.gz 'CONFIG_BLK_DEV_RAM is a module' 'wrapped, root=/dev/ram0: boots' 'wrap with --modules'
configuration 6.1.90 "${all[@]/SIZE=4096/SIZE=2048}" >config
says image.gz 'it takes ramdisk_size=4096'
gzip -k config
kernel=config.gz
says image.gz 'on Linux 6.1 (config.gz)'

# Lines of versions.
kernel=2.4
says image.gz 'as it is, root=/dev/ram0: boots' 'there is no initramfs before 2.6'
says image.xz 'as it is, root=/dev/ram0: does not boot' 'not found'
"$mkramdisk" -s 4096k -b 4096 -U -o blocks tree --exclude bin/sh
says blocks 'cut short: only 1024 of 4096 KiB'
kernel=6.x
says image.xz 'as it is, root=/dev/ram0: boots'
kernel=7.x
says image.gz 'as it is, /linuxrc and then a disk as root=: does not boot'

refused 3 'no configuration of a kernel' --inspect image --kernel image.gz
refused 3 'there is no kernel /lib/modules/nosuch' --inspect image --kernel nosuch
head -c 100000 image >cut.image
refused 5 'ends after 100000 of the 4194304 bytes' --inspect cut.image
