// Finds the blocks of files that hold nothing but zeros, so that they become holes.
#pragma once

#include <cstdint>

#include "common/error.hpp"
#include "mkramdisk/source_reader.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// Reads every regular file with `threads` threads and leaves the all-zero blocks of `block_size`
// bytes out of its data ranges. Fails as SourceReader does.
common::Status find_zero_blocks(Tree& tree, const Sources& sources, std::uint32_t block_size,
                                unsigned threads);

// Whether all of these bytes are zero.
bool all_zero(const std::byte* bytes, std::size_t size);

}  // namespace mkramdisk
