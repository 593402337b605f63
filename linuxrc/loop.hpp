// Loop devices: a file becomes a block device.
#pragma once

#include "linuxrc/execute.hpp"

namespace linuxrc {

// Attaches the open `file` to a free loop device and makes `node` its device node. The device goes
// away with its last user: `kept`, a descriptor for reading that is opened here, until it is
// mounted. Errors name the call; what was attached is then detached again.
common::Result<dev_t> attach_loop(Machine& machine, int file, bool read_only, const char* node,
                                  int& kept);

}  // namespace linuxrc
