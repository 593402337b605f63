// Is a piece of memory all zero?
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace rdload {

// By words, a cache line at a time: as fast as memcmp where that has wide registers, and several
// times faster in an emulated machine.
inline bool all_zero(std::span<const std::byte> bytes) {
  constexpr std::size_t words = 8;
  std::uint64_t line[words];
  while (bytes.size() >= sizeof line) {
    std::memcpy(line, bytes.data(), sizeof line);
    std::uint64_t any = 0;
    for (const std::uint64_t word : line) any |= word;
    if (any != 0) return false;
    bytes = bytes.subspan(sizeof line);
  }
  for (const std::byte byte : bytes)
    if (byte != std::byte{0}) return false;
  return true;
}

}  // namespace rdload
