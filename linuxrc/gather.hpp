// Fills Facts from the running system.
#pragma once

#include "linuxrc/facts.hpp"
#include "linuxrc/loader.hpp"
#include "linuxrc/sys.hpp"

namespace linuxrc {

// stat(2), or lstat(2). What is not there is nothing to speak of; what cannot be looked at is said
// to be taken for that.
bool look_at(Log& log, const char* path, FileFacts& facts, bool follows_links = true);
// The kernel's version, and its width.
common::Status gather_kernel(Sys& sys, Facts& facts);
// What can be known without /proc: who we are and what / is. `own_name` is argv[0].
common::Status gather_first(Log& log, const char* own_name, Facts& facts);
// What the workspace's /proc and the files of / tell.
common::Status gather_system(Log& log, ImageLoader& loader, Facts& facts);
// After modules were loaded: whether brd is one of them.
void gather_modules(Log& log, Facts& facts);
// What the initramfs has beside the image, and what can be /dev/ram0; after /proc is mounted.
void gather_ram_disk(Log& log, Facts& facts);
// The kernel has loop devices now, by /proc/devices.
bool has_loop_devices(Log& log, const Facts& facts);
// The image's own /etc/linuxrc.conf, from the image mounted at `path`, where nothing better is
// known.
void gather_image_configuration(Log& log, const char* path, Facts& facts);
// What the mounted new root at `path` holds.
common::Status gather_new_root(Sys& sys, const char* path, Facts& facts);

}  // namespace linuxrc
