// The program that becomes /init.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "rdload/identify.hpp"

namespace mkramdisk::wrap {

// Reads linuxrc from `path`; when that is empty, the smallest one that can load `format` from
// beside this program or from ../libexec/image-initrd. Errors: system; not_usable for what is no
// ELF program or needs shared libraries, which an initramfs does not have.
common::Result<std::vector<std::byte>> read_linuxrc(const std::string& path, rdload::Format format);

// Whether a linuxrc can load an image of `format`: any file system, and those compressions whose
// library its table of decoders names (linuxrc/loader_rdload.cpp).
bool can_load(std::span<const std::byte> linuxrc, rdload::Format format);

}  // namespace mkramdisk::wrap
