// The program that becomes /init.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/error.hpp"

namespace mkramdisk::wrap {

// Reads linuxrc from `path`; when that is empty, from beside this program or from
// ../libexec/image-initrd. Errors: system; not_usable for what is no ELF program or needs shared
// libraries, which an initramfs does not have.
common::Result<std::vector<std::byte>> read_linuxrc(const std::string& path);

}  // namespace mkramdisk::wrap
