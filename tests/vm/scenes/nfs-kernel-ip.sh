# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# A root on an NFS server, where the kernel itself obeys ip=: linuxrc finds the interface configured and leaves it
# so, though it has an ipconfig. As /init of an initramfs; as init=/linuxrc on the RAM disk; as /linuxrc that the
# kernel runs before it mounts that root itself; and a version of NFS that this kernel does not have.
# kernels: classic-full

need python3
# shellcheck source=tests/vm/report.sh
. "$vm_folder/report.sh"
# shellcheck source=tests/vm/nfs.sh
. "$vm_folder/nfs.sh"
linuxrc_tree "$WORK/tree"
printf '#!/bin/sh\necho "GUEST ipconfig $*"\nexit 1\n' >"$WORK/ipconfig"
install -m 755 "$WORK/ipconfig" "$WORK/tree/bin/ipconfig"
mkdir "$WORK/tree/run"
legacy_image "$WORK/image" "$WORK/tree"
real_root "$WORK/root" initrd run
tell_report "$WORK/root.tree" "\${report:-/run/linuxrc.json}"
serve_nfs "$WORK/root.tree"
wrap_image "$WORK/archive" none --cmdline root=/dev/nfs
with_ipconfig "$WORK/ipconfig" "$WORK/archive" "$WORK/initramfs"

# DHCP names the server.
root=nfsroot=$WORK/root.tree,v3
# configured_once ROLE
configured_once() {
    expect_in_order 'IP-Config: Complete' 'GUEST init pid=1' 'GUEST done'
    expect_re "GUEST mount: 10.0.2.2:$WORK/root.tree / nfs rw,.*vers=3.*proto=tcp"
    refuse 'FAILED' 'going on' 'GUEST ipconfig'
    reported "report['role'].startswith('$1') and not report['degraded']"
}
said='say: eth0 has an address already, ip= is not obeyed again'

boot_in_network "$WORK/initramfs" "root=/dev/nfs $root ip=dhcp rw"
configured_once '/init of an initramfs'
reported "any(s['step'] == '$said' for s in report['steps'])"

boot_in_network "$WORK/image.gz" "root=/dev/ram0 init=/linuxrc real_root=/dev/nfs $root ip=dhcp rw"
configured_once 'init=/linuxrc'
expect 'GUEST initrd=full'
reported "any(s['step'] == '$said' for s in report['steps'])"

# The report of /linuxrc lies on the old root.
boot_in_network "$WORK/image.gz" "root=/dev/nfs $root ip=dhcp rw report=/initrd/run/linuxrc.json"
configured_once '/linuxrc, run by the kernel'
expect 'GUEST initrd=full'
reported 'any(s["step"] == "say: root=/dev/nfs: whoever started me mounts it" for s in report["steps"])'

boot_in_network "$WORK/initramfs" \
    "root=/dev/nfs nfsroot=$WORK/root.tree,v4 ip=dhcp rw linuxrc.onfail=reboot panic=1"
expect_in_order 'this version of NFS is not the server' \
    "FAILED: mount 10.0.2.2:$WORK/root.tree on /root: Protocol not supported"
