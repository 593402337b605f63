# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# The running RAM root is saved and booted again with its change, compressed and not; what would not fit, or
# could not be booted, is refused with nothing left behind. The power is cut at every write of a save, or
# at a sample of them by SEED (CUTS, 60; FULL=1 takes all): after each the image passes its hash, and is
# the old one or the new one whole. A stock kernel, which boots slowly, refuses with FULL=1 alone.
# kernels: classic-7 stock-7

# shellcheck source=tests/vm/ramroot.sh
. "$vm_folder/ramroot.sh"
need python3 e2fsck debugfs
ram_root_initramfs "$WORK/initramfs"
# shellcheck disable=SC2016  # the guest's shell expands it
ram_root_tree "$WORK/a.tree" a 'if [ -n "$save" ]; then' '    echo "$save" >/etc/changed' \
    '    ramroot-save $to' '    echo "GUEST saved=$?"' 'fi'
install -m 755 "$(tool linuxrc)" "$WORK/a.tree/bin/linuxrc"
ln -s linuxrc "$WORK/a.tree/bin/ramroot-save"
ram_root_image "$WORK/a" a 4096
mkdir "$WORK/files"
gzip -9nc "$WORK/a" >"$WORK/files/root.img.gz"
cp "$WORK/a" "$WORK/files/plain.img"
with_sum "$WORK/files/root.img.gz"
with_sum "$WORK/files/plain.img"
flash_disk "$WORK/flash" "$WORK/files" $((16 << 10))

# boot_flash DISK WORDS: the disk may be written.
boot_flash() {
    boot --initrd "$WORK/initramfs" --disk "$1" --append "rw $2"
    runs_in_ram a
}
# take DISK: what the disk holds, in $WORK/taken, and the file system is sound.
take() {
    e2fsck -fn "$1" &>"$WORK/e2fsck.log" || fail "e2fsck of the flash: $(<"$WORK/e2fsck.log")"
    rm -rf "$WORK/taken"
    mkdir "$WORK/taken"
    debugfs -R "rdump / $WORK/taken" "$1" &>/dev/null
}

for name in root.img.gz plain.img; do
    cp "$WORK/flash" "$WORK/disk"
    boot_flash "$WORK/disk" "linuxrc.ramroot=/dev/vda:/$name save=one"
    expect "/flash/$name is saved: SHA-256" 'GUEST saved=0'
    take "$WORK/disk"
    (cd "$WORK/taken" && sha256sum -c --quiet "$name.sha256" "$name.old.sha256") || fail "$name: a hash is wrong"
    cmp -s "$WORK/taken/$name.old" "$WORK/files/$name" || fail "$name.old is not the old image"
    [[ $(cd "$WORK/taken" && echo "$name"*) == "$name $name.old $name.old.sha256 $name.sha256" ]] ||
        fail "something is left behind: $(ls "$WORK/taken")"
    if [[ $name == *.gz ]]; then gunzip -c "$WORK/taken/$name" >"$WORK/saved"; else cp "$WORK/taken/$name" "$WORK/saved"; fi
    e2fsck -fn "$WORK/saved" &>"$WORK/e2fsck.log" || fail "e2fsck of the saved image: $(<"$WORK/e2fsck.log")"
    boot_flash "$WORK/disk" "linuxrc.ramroot=/dev/vda:/$name"
    expect '/flash/'"$name: its SHA-256 is right" 'GUEST changed=one'
    refuse 'unchecked'
done

# A name on the command line; a place that is too small; a hash that pins the old image; no place at all.
other_places() {
    cp "$WORK/flash" "$WORK/disk"
    boot_flash "$WORK/disk" 'linuxrc.ramroot=/dev/vda:/root.img.gz save=two to=/dev/vda:/other.img'
    take "$WORK/disk"
    (cd "$WORK/taken" && sha256sum -c --quiet other.img.sha256) || fail "other.img has another hash"
    flash_disk "$WORK/small" "$WORK/files" 6300
    boot_flash "$WORK/small" 'linuxrc.ramroot=/dev/vda:/plain.img save=three'
    expect_re '^linuxrc: /mnt/flash/plain.img: the new image takes [0-9]+ KiB beside the old one, and [0-9]+ KiB are free'
    expect 'GUEST saved=4'
    take "$WORK/small"
    diff -r --exclude=lost+found "$WORK/taken" "$WORK/files" || fail "a refused save has left something"
    sum=$(sha256sum <"$WORK/files/root.img.gz" | cut -d' ' -f1)
    boot_ram_root "linuxrc.ramroot=/dev/vda:/root.img.gz linuxrc.ramroot.hash=sha256:$sum save=four" --disk "$WORK/flash"
    expect 'linuxrc.ramroot.hash= is given: no boot would take another image' 'GUEST saved=3'
    boot_ram_root 'linuxrc.ramroot=/dev/vda save=five' --disk "$WORK/a"
    expect '/dev/vda is not DEVICE:/PATH' 'GUEST saved=2'
}
if ! is_stock || [[ -n ${FULL-} ]]; then other_places; fi

# Every write of a save is recorded, and the disk made anew as a cut after any of them may have left it.
cp "$WORK/flash" "$WORK/disk.base"
cp "$WORK/flash" "$WORK/disk"
: >"$WORK/disk.log"
boot --initrd "$WORK/initramfs" --append 'rw linuxrc.ramroot=/dev/vda:/root.img.gz save=cut' -- \
    -blockdev "driver=file,node-name=data,filename=$WORK/disk" \
    -blockdev "driver=file,node-name=log,filename=$WORK/disk.log" \
    -blockdev driver=blklogwrites,node-name=logged,file=data,log=log,log-sector-size=512 \
    -device virtio-blk-pci,drive=logged
expect 'GUEST saved=0'
take "$WORK/disk"
cp "$WORK/taken/root.img.gz" "$WORK/new.gz"
read -r writes flushes < <("$vm_folder/replay.py" count "$WORK/disk.base" "$WORK/disk.log")
cuts=$(seq 0 $((2 * writes)))
if [[ -z ${FULL-} ]]; then
    cuts=$({
        sort -R --random-source=<(yes "${SEED:-1}" || true) <<<"$cuts" | head -n "${CUTS:-60}"
        # The renames are among the last.
        seq $((2 * writes - 30)) $((2 * writes))
    } | sort -nu)
fi
total=0 old=0 new=0
for cut in $cuts; do
    "$vm_folder/replay.py" cut "$WORK/disk.base" "$WORK/disk.log" "${SEED:-1}" "$cut" "$WORK/cut"
    for file in root.img.gz root.img.gz.sha256; do
        rm -f "$WORK/$file"
        debugfs -R "dump /$file $WORK/$file" "$WORK/cut" &>/dev/null
    done
    grep -q "^$(sha256sum <"$WORK/root.img.gz" | cut -d' ' -f1)" "$WORK/root.img.gz.sha256" ||
        fail "cut $cut of $((2 * writes)): the image does not pass its hash"
    if cmp -s "$WORK/root.img.gz" "$WORK/new.gz"; then
        new=$((new + 1))
    elif cmp -s "$WORK/root.img.gz" "$WORK/files/root.img.gz"; then
        old=$((old + 1))
    else
        fail "cut $cut: the image is neither the old nor the new one"
    fi
    total=$((total + 1))
done
((old > 0 && new > 0)) || fail "all cuts left the same image: $old old, $new new"
echo "power cuts: $total of $((2 * writes + 1)) ($writes writes, $flushes flushes): $old old images, $new new ones"
# One of them is booted.
"$vm_folder/replay.py" cut "$WORK/disk.base" "$WORK/disk.log" "${SEED:-1}" $((writes)) "$WORK/cut"
boot_flash "$WORK/cut" 'linuxrc.ramroot=/dev/vda:/root.img.gz'
