// The archive that goes before the image: linuxrc as /init, and modules.
#pragma once

#include <cstddef>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "mkramdisk/wrap/kernel_modules.hpp"
#include "mkramdisk/wrap/options.hpp"

namespace mkramdisk::wrap {

// The modules that --modules and its companions ask for, in load order; none without --modules.
// `system` is the file system of the image, unknown where there is none yet. Errors: not_usable
// when the kernel has no driver that the image cannot do without, or no module of a given name.
common::Result<std::vector<ModuleFile>> choose_modules(const Options& options,
                                                       const rdload::Image& system,
                                                       std::ostream& notes);

// /init, /lib/linuxrc/modules.list and the modules, as one archive.
common::Result<std::vector<std::byte>> make_first_archive(std::span<const std::byte> linuxrc,
                                                          const std::vector<ModuleFile>& modules);

}  // namespace mkramdisk::wrap
