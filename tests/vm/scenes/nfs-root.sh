# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# A root on an NFS server: these kernels know no ip=, so linuxrc has ipconfig of the initramfs do what ip= asks for.
# With the address given, without an image; by DHCP, which names the server as well, with an old image whose root is
# then at /initrd; over NFS version 4. With FULL=1 also an address that the image's own /linuxrc has set, which stays;
# a directory that the server does not have, a version that the kernel has no module for, and one that the server
# does not speak.
# kernels: stock-6.1 stock-6.12 stock-7

need python3
# shellcheck source=tests/vm/report.sh
. "$vm_folder/report.sh"
# shellcheck source=tests/vm/nfs.sh
. "$vm_folder/nfs.sh"
linuxrc_tree "$WORK/tree"
legacy_image "$WORK/image" "$WORK/tree"
real_root "$WORK/root" initrd run
tell_report "$WORK/root.tree"
# The server keeps what it has seen: nothing in its folder is changed behind its back between boots.
add_to_init "$WORK/root.tree" <<<"[ -z \"\$writes\" ] || echo yes >/etc/\$writes"
serve_nfs "$WORK/root.tree"

# boot_net IMAGE|none WORDS [OPTION...]: the options are mkramdisk's.
boot_net() {
    local image=$1 words=$2
    shift 2
    wrap_image "$WORK/archive" "$image" --cmdline root=/dev/nfs "$@"
    with_ipconfig /usr/lib/klibc/bin/ipconfig "$WORK/archive" "$WORK/initramfs"
    boot_in_network "$WORK/initramfs" "root=/dev/nfs $words"
}

address=ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off
boot_net none "nfsroot=10.0.2.2:$WORK/root.tree $address rw writes=over-3"
expect_in_order 'GUEST init pid=1' 'GUEST done'
expect_re "GUEST mount: 10.0.2.2:$WORK/root.tree / nfs rw,.*vers=3.*proto=tcp"
refuse 'FAILED' 'going on'
[[ $(cat "$WORK/root.tree/etc/over-3") == yes ]] || fail 'what init wrote is not on the server'
reported 'any(s["step"].startswith("run /bin/ipconfig ip=10.0.2.15") and "error" not in s for s in report["steps"])'

boot_net "$WORK/image.gz" "nfsroot=$WORK/root.tree ip=dhcp ro"
expect_in_order 'GUEST init pid=1' 'GUEST initrd=full' 'GUEST done'
expect_re "GUEST mount: 10.0.2.2:$WORK/root.tree / nfs ro"
refuse 'FAILED'
reported 'report["root"] == "/dev/nfs" and report["stopped"] is None'

# The options are those of nfsroot=: the version with its number after the dot as well.
boot_net none "nfsroot=10.0.2.2:$WORK/root.tree,v4.1 $address rw writes=over-4" --add-module nfsv4
expect_in_order 'GUEST init pid=1' 'GUEST done'
expect_re "GUEST mount: 10.0.2.2:$WORK/root.tree / nfs4? rw,.*vers=4.1,.*proto=tcp"
refuse 'FAILED' 'going on'
[[ $(cat "$WORK/root.tree/etc/over-4") == yes ]] || fail 'what init wrote over version 4 is not on the server'
[[ -n ${FULL-} ]] || return 0

boot_net none "nfsroot=10.0.2.2:$WORK/root.tree,nfsvers=4 $address ro" --add-module nfsv4
expect_re "GUEST mount: 10.0.2.2:$WORK/root.tree / nfs4? ro,.*vers=4.0,.*proto=tcp"
refuse 'FAILED' 'going on'

# The initramfs has an ipconfig that must not run.
cat >"$WORK/tree/linuxrc" <<'END'
#!/bin/sh
PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
ipconfig -t 60 ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off
umount /sys
umount /proc
END
mkdir "$WORK/tree/run"
legacy_image "$WORK/own-address" "$WORK/tree"
printf '#!/bin/sh\necho "GUEST ipconfig $*"\nexit 1\n' >"$WORK/ipconfig"
wrap_image "$WORK/archive" "$WORK/own-address.gz" --cmdline root=/dev/nfs
with_ipconfig "$WORK/ipconfig" "$WORK/archive" "$WORK/initramfs"
boot_in_network "$WORK/initramfs" "root=/dev/nfs nfsroot=10.0.2.2:$WORK/root.tree ip=dhcp ro"
expect_in_order 'GUEST init pid=1' 'GUEST initrd=full' 'GUEST done'
refuse 'FAILED' 'GUEST ipconfig'
reported 'any(s["step"] == "say: eth0 has an address already, ip= is not obeyed again" for s in report["steps"])'

boot_net none "nfsroot=10.0.2.2:/nosuch ip=dhcp ro linuxrc.onfail=reboot panic=1"
expect 'FAILED: mount 10.0.2.2:/nosuch on /root: '

refused() {
    expect_in_order 'this version of NFS is not the server' \
        "FAILED: mount 10.0.2.2:$WORK/root.tree on /root: Protocol not supported"
}
boot_net none "nfsroot=10.0.2.2:$WORK/root.tree,v4 $address ro linuxrc.onfail=reboot panic=1"
refused
serve_nfs "$WORK/root.tree" 3
boot_net none "nfsroot=10.0.2.2:$WORK/root.tree,v4 $address ro linuxrc.onfail=reboot panic=1" --add-module nfsv4
refused
