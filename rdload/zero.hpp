// Is a piece of memory all zero?
#pragma once

#include <cstddef>
#include <cstring>
#include <span>

namespace rdload {

// Compares the bytes with themselves one further on, which memcmp does at its full speed.
inline bool all_zero(std::span<const std::byte> bytes) {
  return bytes.empty() || (bytes[0] == std::byte{0} &&
                           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace rdload
