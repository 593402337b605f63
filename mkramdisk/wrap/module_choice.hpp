// Which modules a kernel needs to bring up a wrapped image. Pure: knows names, and no kernel.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/cmdline.hpp"
#include "rdload/identify.hpp"

namespace mkramdisk::wrap {

// What the root device or its file system may need: the first of `names` that a kernel has.
struct Wish {
  std::vector<std::string> names;
  std::string need;  // what cannot be done without any of them; empty where that is no matter
};

// The names of drivers that mount a file system, the best first; none where none is known.
std::vector<std::string> drivers_of(rdload::Format system);
std::vector<std::string> drivers_of(std::string_view type);  // as rootfstype= names it

// A zram device has sectors of 4 KiB, and no file system of smaller blocks can be mounted from it.
bool zram_can_hold(const rdload::Image& system);

// For an image of `system` on a RAM disk; unknown where there is no image yet. Of the command line,
// root= or real_root= choose the drivers of one kind of disk, and rootfstype= or real_rootfstype=
// those of the root's file system. Without them it is every usual disk, and ext4. A root on the RAM
// disk needs none, unless init= names a program there that may know of one.
std::vector<Wish> wishes(rdload::Format system, const common::CommandLine& command_line);

}  // namespace mkramdisk::wrap
