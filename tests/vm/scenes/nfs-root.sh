# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# A root on an NFS server: these kernels know no ip=, so linuxrc has ipconfig of the initramfs do what ip= asks for.
# With the address given, without an image; by DHCP, which names the server as well, with an old image whose root is
# then at /initrd. With FULL=1 also a directory that the server does not have. The server is the machine's
# own, reached through QEMU's network.
# kernels: stock-6.1 stock-6.12 stock-7

# shellcheck source=tests/vm/report.sh
. "$vm_folder/report.sh"
((EUID == 0)) || skip 'root is needed for a network of its own'
need ip nsenter unshare python3
"$vm_folder/nfs-server" --fetch >/dev/null || skip 'the NFS server could not be fetched'
linuxrc_tree "$WORK/tree"
legacy_image "$WORK/image" "$WORK/tree"
real_root "$WORK/root" initrd run
tell_report "$WORK/root.tree"
add_to_init "$WORK/root.tree" <<<'echo yes >/etc/written'

"$vm_folder/nfs-server" "$WORK/root.tree" "$WORK/ready" 2>"$WORK/server.err" &
server=$!
trap 'kill "$server" 2>/dev/null; finish' EXIT
for ((i = 0; i < 300; ++i)); do
    [[ ! -e $WORK/ready ]] || break
    kill -0 "$server" 2>/dev/null || fail "the NFS server has ended: $(<"$WORK/server.err")"
    sleep 0.1
done
[[ -e $WORK/ready ]] || fail 'the NFS server does not answer'
# shellcheck disable=SC2034  # lib.sh's boot looks at it
inside=(nsenter --target "$server" --net)

# boot_net IMAGE|none WORDS: ipconfig and what it is linked with are an archive of their own.
boot_net() {
    local words=$2 folder file
    wrap_image "$WORK/archive" "$1" --cmdline root=/dev/nfs
    {
        cpio_begin
        for folder in bin lib; do cpio_folder "$folder"; done
        cpio_file bin/ipconfig 755 /usr/lib/klibc/bin/ipconfig
        for file in /lib/klibc-*.so; do cpio_file "lib/${file##*/}" 755 "$file"; done
        cpio_end
        cat "$WORK/archive"
    } >"$WORK/initramfs"
    boot --initrd "$WORK/initramfs" --append "root=/dev/nfs $words" -- \
        -netdev user,id=net -device virtio-net-pci,netdev=net,romfile=
    refuse 'Kernel panic'
}

boot_net none "nfsroot=10.0.2.2:$WORK/root.tree ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off rw"
expect_in_order 'GUEST init pid=1' 'GUEST done'
expect_re "GUEST mount: 10.0.2.2:$WORK/root.tree / nfs rw,.*vers=3.*proto=tcp"
refuse 'FAILED' 'going on'
[[ $(cat "$WORK/root.tree/etc/written") == yes ]] || fail 'what init wrote is not on the server'
reported 'any(s["step"].startswith("run /bin/ipconfig ip=10.0.2.15") and "error" not in s for s in report["steps"])'

boot_net "$WORK/image.gz" "nfsroot=$WORK/root.tree ip=dhcp ro"
expect_in_order 'GUEST init pid=1' 'GUEST initrd=full' 'GUEST done'
expect_re "GUEST mount: 10.0.2.2:$WORK/root.tree / nfs ro"
refuse 'FAILED'
reported 'report["root"] == "/dev/nfs" and report["stopped"] is None'
[[ -n ${FULL-} ]] || return 0

boot_net none "nfsroot=10.0.2.2:/nosuch ip=dhcp ro linuxrc.onfail=reboot panic=1"
expect 'FAILED: mount 10.0.2.2:/nosuch on /root: '
