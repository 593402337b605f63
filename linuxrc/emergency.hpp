// When PID 1 cannot go on.
#pragma once

#include "linuxrc/execute.hpp"

namespace linuxrc {

// Says what failed and gives a shell on the console, found on / or on the new root if that is
// mounted at `new_root`. Where there is none it says so and waits. PID 1 must not exit: the kernel
// would panic.
[[noreturn]] void emergency(Machine& machine, const common::Error& error, const char* new_root);

}  // namespace linuxrc
