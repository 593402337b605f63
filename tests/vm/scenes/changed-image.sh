# shellcheck shell=bash
# An image that changed after it was wrapped: a byte of a file in it that no check of its format would see. Where it
# is the root, the boot stops and nothing of it is used; where the root is a disk, the boot goes on without it.
# kernels: classic-7 stock-7

guest_tree "$WORK/tree"
guest_init "$WORK/tree"
printf '#!/bin/sh\necho "GUEST linuxrc"\n' >"$WORK/tree/linuxrc"
chmod 755 "$WORK/tree/linuxrc"
echo 'a certain sentence' >"$WORK/tree/etc/text"
ram_image "$WORK/image" "$WORK/tree"
real_root "$WORK/disk"
wrap_image "$WORK/initramfs" "$WORK/image"
boot --initrd "$WORK/initramfs" --append 'root=/dev/ram0 rw'
expect_in_order 'RAMDISK: ext2 filesystem found at block 0' 'GUEST root=1:0' 'GUEST done'

LC_ALL=C sed -i 's/a certain sentence/a curtain sentence/' "$WORK/initramfs"
changed='/initrd.image is not what was wrapped: its SHA-256 is'
boot --initrd "$WORK/initramfs" --append 'root=/dev/ram0 rw' --until 'the boot cannot go on'
expect_in_order "FAILED: $changed" 'the boot cannot go on'
refuse 'filesystem found at block' 'GUEST init' 'Kernel panic'

boot --initrd "$WORK/initramfs" --disk "$WORK/disk" --append 'root=/dev/vda ro'
expect_in_order "$changed" 'going on without it, as the kernel did' 'GUEST init pid=1' 'GUEST root=254:0' 'GUEST done'
refuse 'filesystem found at block' 'GUEST linuxrc' 'Kernel panic'
