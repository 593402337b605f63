// linuxrc as a person calls it: --plan, --booted, --help, --version.
#pragma once

#include "linuxrc/log.hpp"

namespace linuxrc {

// True for a call by a person: not PID 1, and with an option. The kernel gives /linuxrc none, and
// what it gives PID 1 is for init.
bool is_command(Sys& sys, int argc, const char* const* argv);

// Returns the exit code: 0; 1 a file cannot be read; 2 usage.
int command(Log& log, int argc, const char* const* argv);

}  // namespace linuxrc
