// What is written one behind the other: bytes in memory, and a range of a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "common/error.hpp"

namespace mkramdisk::wrap {

struct FileRange {
  int fd = -1;  // the caller's
  std::string name;
  std::uint64_t begin = 0;  // bytes
  std::uint64_t bytes = 0;
};

using Bytes = std::span<const std::byte>;
using Taker = std::function<common::Status(Bytes)>;

// Hands the range to `take` in pieces. A file that ends too early is an error (system, EIO).
common::Status read_range(const FileRange& range, const Taker& take);

// SHA-256 of the range as 64 hexadecimal digits, and its CRC-32.
struct Sums {
  std::string sha256;
  std::uint32_t crc = 0;
};
common::Result<Sums> sums_of(const FileRange& range);

}  // namespace mkramdisk::wrap
