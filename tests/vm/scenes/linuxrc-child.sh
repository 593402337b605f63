# shellcheck shell=bash
# linuxrc as the image's /linuxrc, with root= a disk: on classic the kernel runs it and goes on; on the
# others linuxrc as /init runs it, as the kernel did. The old root goes to /initrd, read-write though
# root= is read-only (statement 21), or is unmounted.
# kernels: classic stock-6.1 stock-6.12 stock-7

linuxrc_tree "$WORK/tree"
legacy_image "$WORK/image" "$WORK/tree"
real_root "$WORK/with" initrd
real_root "$WORK/without"

boot_legacy "$WORK/image.gz" --disk "$WORK/with" --append 'root=/dev/vda ro'
expect_in_order 'RAMDISK: gzip image found at block 0' 'linuxrc: started as /linuxrc, run by the kernel' \
    'Trying to move old root to /initrd ... ' 'okay' \
    'GUEST init pid=1' 'GUEST initrd=full' 'GUEST done'
expect_re 'GUEST mount: [^ ]+ /initrd ext[24] rw'
refuse 'GUEST root=1:0' 'Kernel panic' 'FAILED' 'going on'

boot_legacy "$WORK/image.gz" --disk "$WORK/without" --append 'root=/dev/vda ro'
expect_in_order 'linuxrc: started as /linuxrc, run by the kernel' \
    '/initrd does not exist. Ignored.' 'Unmounting old root' \
    'GUEST init pid=1' 'GUEST initrd=absent' 'GUEST done'
refuse 'GUEST root=1:0' 'Kernel panic' 'FAILED' 'going on'
refuse_re 'GUEST mount: [^ ]+ /(initrd|old)'
