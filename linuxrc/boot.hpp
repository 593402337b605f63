// From the kernel's start of this program to init: the stages, in order.
#pragma once

#include "linuxrc/loader.hpp"
#include "linuxrc/log.hpp"

namespace linuxrc {

// Never returns as PID 1. Otherwise returns an exit code, after /linuxrc's work is done or when
// this is no boot (2).
int boot(Log& log, Watchdog& watchdog, ImageLoader& loader, const char* const* argv,
         const char* const* envp);

}  // namespace linuxrc
