// What a block device says about itself.
#pragma once

#include <cstdint>

#include "common/error.hpp"

namespace rdload {

// Its size in bytes, by BLKGETSIZE64 or, where that is missing (Linux 2.4), by BLKGETSIZE.
common::Result<std::uint64_t> device_bytes(int fd, const char* name);

// The drivers whose pages are memory, and what is known of each.
enum class Driver : unsigned char {
  other,
  ram,   // brd, and rd before it: major 1
  loop,  // major 7
  zram,  // its major is given out at run time, so it is known by its name in sysfs
};
Driver device_driver(int fd);

// True where what BLKDISCARD covers reads as zero afterwards. brd zeroes or frees the pages, loop
// punches its file, zram frees; of other drivers nothing is promised (block/ioctl.c).
constexpr bool discard_zeroes(Driver driver) {
  return driver != Driver::other;
}

}  // namespace rdload
