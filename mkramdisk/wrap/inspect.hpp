// mkramdisk --inspect.
#pragma once

#include "mkramdisk/mkramdisk.hpp"
#include "mkramdisk/wrap/options.hpp"

namespace mkramdisk::wrap {

// Prints what the initrd is, what it holds, and whether it boots on options.kernel, if one is
// given. That it does not is no error.
common::Status inspect(const Options& options, const Environment& environment);

}  // namespace mkramdisk::wrap
