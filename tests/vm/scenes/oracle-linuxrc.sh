# shellcheck shell=bash
# The kernel runs a shell-script /linuxrc from the image, then mounts the real root and moves the old
# one to /initrd, or unmounts it where the real root has no /initrd: what linuxrc must do as well.
# kernels: classic

guest_tree "$WORK/tree"
cat >"$WORK/tree/linuxrc" <<'EOF'
#!/bin/sh
echo "GUEST linuxrc pid=$$ arg0=$0"
EOF
chmod 755 "$WORK/tree/linuxrc"
guest_image "$WORK/image" "$WORK/tree"
gzip -9n "$WORK/image"

guest_tree "$WORK/root"
guest_init "$WORK/root"
guest_image "$WORK/without" "$WORK/root"
mkdir "$WORK/root/initrd"
guest_image "$WORK/with" "$WORK/root"

boot --initrd "$WORK/image.gz" --disk "$WORK/with" --append 'root=/dev/vda ro rootfstype=ext2'
expect_in_order 'RAMDISK: gzip image found at block 0' 'GUEST linuxrc pid=' \
    'Trying to move old root to /initrd ... ' 'okay' 'GUEST init pid=1' 'GUEST initrd=full' 'GUEST done'
expect_re 'GUEST mount: /dev/root.old /initrd ext2 rw'
refuse 'GUEST linuxrc pid=1 ' 'GUEST root=1:0'

boot --initrd "$WORK/image.gz" --disk "$WORK/without" --append 'root=/dev/vda ro rootfstype=ext2'
expect_in_order 'GUEST linuxrc pid=' 'Trying to move old root to /initrd ... ' \
    '/initrd does not exist. Ignored.' 'Unmounting old root' \
    'GUEST init pid=1' 'GUEST initrd=absent' 'GUEST done'
refuse 'GUEST linuxrc pid=1 ' 'GUEST root=1:0' 'GUEST mount: /dev/root.old'
