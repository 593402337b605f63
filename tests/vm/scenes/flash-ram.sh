# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# The flash disk of examples/lilo: a root file system of 30 MB, compressed on 20 MB of flash, runs in RAM on a
# machine of 64 MB; one can log in, and no disk is mounted. Power is then pulled at random moments: the disk
# stays as it is. Three moments by SEED, twenty with FULL=1.
# kernels: classic

need sfdisk grub-mkimage openssl setpriv
examples=$vm_folder/../../examples/lilo
"$examples/make-flash-root" "$WORK/root" secret >"$WORK/make.log" 2>&1 ||
    skip "the packages of the flash disk's system could not be had: $(tail -n 1 "$WORK/make.log")"
"$(tool mkramdisk)" -s 30m -U -D "$examples/flash-root/devices.table" -o "$WORK/image" "$WORK/root" ||
    fail "mkramdisk failed"
gzip -9n "$WORK/image"

# make_flash INITRD: the disk with that.
make_flash() {
    "$examples/make-flash-disk" -l grub -k "$KERNEL_DIR/vmlinuz" -i "$1" -s 20 -o "$WORK/flash" \
        -a 'root=/dev/ram0 rw ramdisk_size=30720 console=ttyS0 panic=-1 no_timer_check' >"$WORK/make.log" 2>&1 ||
        fail "make-flash-disk: $(<"$WORK/make.log")"
}

# The kernel's own loader (6.1) runs out of memory on this machine: what it writes to /dev/ram0 stands in the
# page cache too. linuxrc writes past it, so that the image is booted wrapped.
if [[ -n ${FULL-} ]]; then
    make_flash "$WORK/image.gz"
    boot --from-disk --ide "$WORK/flash" -m 64 --timeout 240
    expect_in_order 'RAMDISK: gzip image found at block 0' 'Kernel panic - not syncing: System is deadlocked on memory'
    echo "unwrapped: the kernel's own loader runs out of memory"
fi
wrap_image "$WORK/initrd" "$WORK/image.gz"
make_flash "$WORK/initrd"
(($(stat -c %s "$WORK/flash") == 20 << 20)) || fail "the disk is not of 20 MiB"
before=$(sha256sum <"$WORK/flash")

# typed TEXT LINE: when TEXT is on the console, LINE is typed.
typed() {
    until grep -qaF -e "$1" "$WORK/live"; do
        [[ -e $WORK/live ]] || exit 0
        sleep 0.2
    done 2>/dev/null
    printf '%s\n' "$2" >&"$keyboard"
}
mkfifo "$WORK/keys"
exec {keyboard}<>"$WORK/keys"
: >"$WORK/live"
{
    typed 'flash login:' root
    typed 'Password:' secret
    # The command's own text is echoed, so that the answer must not stand in it.
    # shellcheck disable=SC2016  # the guest's shell expands it
    typed 'bash-' 'echo "GUEST $(id -u) $((6 * 7))"; cat /proc/mounts; free -k; bash --version; poweroff'
} &
typist=$!
boot --from-disk --ide "$WORK/flash" -m 64 --timeout 240 --echo --input "$WORK/keys" >"$WORK/live"
kill "$typist" 2>/dev/null || true
expect_in_order 'RAMDISK: gzip image found at block 0' 'flash login:' 'GUEST 0 42' '/dev/ram0 / ext4' \
    'GNU bash' 'Power down'
refuse_re '^/dev/sd'
[[ $(sha256sum <"$WORK/flash") == "$before" ]] || fail "the disk was written"
echo "in RAM: $(grep -a 'Mem:' "$CONSOLE" | tr -s ' ')"

# Moments between the BIOS and some time after the login prompt.
RANDOM=$((${SEED:-1} % 32768))
count=3
if [[ -n ${FULL-} ]]; then count=20; fi
for ((i = 1; i <= count; ++i)); do
    moment=$((RANDOM % 25)).$((RANDOM % 10))
    status=0
    timeout "$moment" "$vm_folder/boot" --from-disk --ide "$WORK/flash" -m 64 --log "$CONSOLE" "$KERNEL_DIR" ||
        status=$?
    ((status == 124)) || fail "the machine ended by itself ($status) before its power was pulled after $moment s"
    [[ $(sha256sum <"$WORK/flash") == "$before" ]] || fail "the disk was changed by a power cut after $moment s"
    echo "power cut after $moment s: $(wc -l <"$CONSOLE") lines on the console, the disk unchanged"
done
