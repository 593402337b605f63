// The real kernel.
#pragma once

#include "linuxrc/sys.hpp"

namespace linuxrc {

// Every one of Sys's calls, made. The object has no state.
Sys& linux_sys();

}  // namespace linuxrc
