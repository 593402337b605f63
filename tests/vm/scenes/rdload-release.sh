# shellcheck shell=bash
# What a load takes at its peak. A source on tmpfs that is given back while it is read: the image and at
# most 8 MiB; on ramfs, which gives nothing back before the end: image, source and 8 MiB, and it says so.
# Free memory is sampled while rdload runs; without --release the same measure shows both copies.
# kernels: classic classic-7

# shellcheck source=tests/vm/rdload.sh
. "${BASH_SOURCE[0]%/*}/../rdload.sh"
kib=40960 # a tenth of it zeros, which take nothing on the RAM disk
noise_image "$WORK/image" "$kib"
gzip -1k "$WORK/image"
cat >"$WORK/script" <<'END'
# peak NAME FOLDER FILE RAM-DISK OPTION...: the most that is taken beyond what the source takes.
peak() {
    local name=$1 folder=$2 file=$3 disk=$4 least begin pid
    shift 4
    dd if=/dev/$file of=$folder/image bs=1024k 2>/dev/null
    # Once, so that the program and its libraries are in memory.
    rdload --identify $folder/image >/dev/null
    echo 3 >/proc/sys/vm/drop_caches
    free_kib; begin=$free least=$free
    rdload --progress never "$@" $folder/image $disk &
    pid=$!
    while [ -e /proc/$pid/stat ]; do
        free_kib
        [ $free -ge $least ] || least=$free
        read -r _ _ state _ </proc/$pid/stat
        [ "$state" != Z ] || break
    done 2>/dev/null
    wait $pid
    echo "GUEST $name exit=$? taken=$((begin - least))"
}
mkdir /mnt/ramfs
mount -t ramfs ramfs /mnt/ramfs
mount -t tmpfs -o size=200m tmp /tmp
END
# Each in a fresh machine, because brd without discard keeps what it has.
for case in 'plain /tmp vda' 'raw /tmp vda --release' 'gzip /tmp vdb --release' 'ramfs /mnt/ramfs vda --release'; do
    read -r name folder file options <<<"$case"
    cp "$WORK/script" "$WORK/script.$name"
    echo "peak $name $folder $file /dev/ram0 $options" >>"$WORK/script.$name"
    rdload_machine "$WORK/initramfs" "$WORK/script.$name"
    boot --initrd "$WORK/initramfs" --disk "$WORK/image" --disk "$WORK/image.gz" --memory 256
    expect "GUEST $name exit=0" 'GUEST done'
    taken=$(sed -n "s/.*GUEST $name exit=0 taken=\([0-9]*\).*/\1/p" "$CONSOLE")
    echo "$name: $taken KiB taken beyond the source"
    case $name in
        plain) ((taken > kib * 9 / 10)) || fail "the measure misses the second copy: $taken KiB" ;;
        # The source's own pages are given back, and become the image's.
        raw) ((taken <= 8192)) || fail "$taken KiB beyond the image" ;;
        gzip)
            source=$(($(stat -c %s "$WORK/image.gz") / 1024))
            ((taken <= kib - source + 8192)) || fail "$taken KiB with a source of $source KiB"
            ;;
        ramfs)
            ((taken > kib * 9 / 10 && taken <= kib + 8192)) || fail "$taken KiB with a source on ramfs"
            expect 'takes nothing back before the end'
            ;;
    esac
done
