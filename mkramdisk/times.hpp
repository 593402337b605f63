// Which times an image gets.
#pragma once

#include <cstdint>
#include <ostream>

#include "common/error.hpp"
#include "mkramdisk/layout.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// The superblock's times: what was asked for, else the newest time in the image.
std::int64_t format_time(const Tree& tree, const Layout& layout);

// Times that 32 bits cannot hold are never changed without a word: a warning on `err`, or a failure
// (not_usable) when `refuse`.
common::Status check_times(const Tree& tree, const Layout& layout, bool refuse, std::ostream& err);

}  // namespace mkramdisk
