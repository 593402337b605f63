// mkramdisk --wrap and --inspect.
#pragma once

#include <span>
#include <string>

#include "mkramdisk/mkramdisk.hpp"
#include "mkramdisk/wrap/options.hpp"

namespace mkramdisk::wrap {

// Makes the initramfs: a compressed archive with linuxrc and the modules, and behind it one that is
// not compressed, with the image as it is and its checksum. What was a uImage becomes one again.
common::Status wrap(const Options& options, const Environment& environment);

// Runs a command line that asked() is true of; returns the exit code.
int wrap_main(std::span<const std::string> arguments, const Environment& environment);

}  // namespace mkramdisk::wrap
