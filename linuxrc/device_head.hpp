// The first bytes of a block device, which tell what it holds.
#pragma once

#include <span>

#include "linuxrc/execute.hpp"

namespace linuxrc {

// Reads into `buffer` as much of it as can be read, from byte `offset` on: none of a device that is
// not there or has no medium. Puts the size of its sectors, in bytes, into `sector_size` where that
// is given and known.
std::span<const std::byte> read_head(Machine& machine, dev_t device, std::span<std::byte> buffer,
                                     unsigned* sector_size = nullptr, std::uint64_t offset = 0);
// The first bytes of a device that is meant, and not one of many that are looked through: what
// cannot be read is said.
std::span<const std::byte> read_meant_head(Machine& machine, dev_t device,
                                           std::span<std::byte> buffer);

}  // namespace linuxrc
