# shellcheck shell=bash
# init=/linuxrc without a real root: the system stays in RAM, and /sbin/init being linuxrc itself is
# not taken for an init. With /etc/linuxrc.conf the image names the real root.
# kernels: classic classic-7 stock-6.1 stock-7

linuxrc_tree "$WORK/tree"
guest_init "$WORK/tree"
mv "$WORK/tree/sbin/init" "$WORK/tree/etc/init"
ln -s /linuxrc "$WORK/tree/sbin/init"
legacy_image "$WORK/image" "$WORK/tree"
boot_legacy "$WORK/image.gz" --append 'root=/dev/ram0 rw init=/linuxrc'
expect_in_order 'linuxrc: no real root is named: the system runs in RAM' 'linuxrc: executing /etc/init' \
    'GUEST init pid=1' 'GUEST root=1:0' 'GUEST done'
refuse_re 'GUEST mount: [^ ]+ /mnt'

printf '# the disk behind the board\nreal_root=fe00   # vda\n' >"$WORK/tree/etc/linuxrc.conf"
legacy_image "$WORK/image" "$WORK/tree"
real_root "$WORK/with" initrd
boot_legacy "$WORK/image.gz" --disk "$WORK/with" --append 'root=/dev/ram0 rw init=/linuxrc'
expect_in_order 'Trying to move old root to /initrd ... okay' 'GUEST root=254:0' 'GUEST initrd=full' \
    'GUEST done'
