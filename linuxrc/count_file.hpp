// The file of the boot counter, open: a GrubEnv read whole and written whole.
#pragma once

#include "linuxrc/grubenv.hpp"
#include "linuxrc/sys_io.hpp"

namespace linuxrc {

common::Result<GrubEnv> read_env(Sys& sys, int fd);
// One write in place: the blocks of the file stay those that GRUB has noted, and nobody finds half
// of it.
common::Status write_env(Sys& sys, int fd, const GrubEnv& env);

}  // namespace linuxrc
