# shellcheck shell=bash
# shellcheck disable=SC2154  # vm_folder is lib.sh's
# Sourced by scenes with a root on an NFS server. The server is the machine's own, reached through QEMU's
# network; tests/vm/nfs-server says how it runs.

((EUID == 0)) || skip 'root is needed for a network of its own'
need ip nsenter unshare
"$vm_folder/nfs-server" --fetch >/dev/null || skip 'the NFS server could not be fetched'

servers=()
trap 'kill ${servers[@]+"${servers[@]}"} 2>/dev/null; finish' EXIT

# serve_nfs FOLDER [VERSIONS]: from here on boots reach a server of FOLDER at 10.0.2.2.
serve_nfs() {
    local ready=$WORK/ready.${#servers[@]} server
    VERSIONS=${2:-3,4} "$vm_folder/nfs-server" "$1" "$ready" 2>"$WORK/server.err" &
    server=$!
    servers+=("$server")
    for ((i = 0; i < 600; ++i)); do
        [[ ! -e $ready ]] || break
        kill -0 "$server" 2>/dev/null || fail "the NFS server has ended: $(<"$WORK/server.err")"
        sleep 0.1
    done
    [[ -e $ready ]] || fail 'the NFS server does not answer'
    # shellcheck disable=SC2034  # lib.sh's boot looks at it
    inside=(nsenter --target "$server" --net)
}

# boot_in_network INITRD WORDS
boot_in_network() {
    boot --initrd "$1" --append "$2" -- -netdev user,id=net -device virtio-net-pci,netdev=net,romfile=
    refuse 'Kernel panic'
}

# with_ipconfig PROGRAM ARCHIVE OUT: before the archive, one with PROGRAM as /bin/ipconfig and with what klibc's
# programs are linked with.
with_ipconfig() {
    local folder file
    {
        cpio_begin
        for folder in bin lib; do cpio_folder "$folder"; done
        cpio_file bin/ipconfig 755 "$1"
        for file in /lib/klibc-*.so; do cpio_file "lib/${file##*/}" 755 "$file"; done
        cpio_end
        cat "$2"
    } >"$3"
}
