// The boot counter as the running system sees it: --booted and --first-root.
#pragma once

#include "common/error.hpp"
#include "linuxrc/sys.hpp"

namespace linuxrc {

enum class CountChange {
  booted,      // user space was reached: the tries of the root in use begin anew
  first_root,  // the next boot starts with the first root of the chain again
};

// Changes the counter `path`, a file in the form of GRUB's environment block, in one write.
common::Status change_count(Sys& sys, const char* path, CountChange change);

}  // namespace linuxrc
