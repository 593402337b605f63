// Who keeps a file system busy.
#pragma once

#include "linuxrc/execute.hpp"

namespace linuxrc {

// Keeps the workspace's /proc open: it can be read however its mount was moved or detached.
void keep_proc(Machine& machine);

// Says, on a few lines, which processes have their root, directory, program, an open file or a
// mapping on the file system `device`: name, PID and path. The current directory stays.
void say_holders(Machine& machine, dev_t device);

}  // namespace linuxrc
