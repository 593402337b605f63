// Little-endian stores, as ext2 keeps its numbers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mkramdisk {

inline void put16(std::byte* at, std::uint32_t value) {
  at[0] = static_cast<std::byte>(value);
  at[1] = static_cast<std::byte>(value >> 8);
}

inline void put32(std::byte* at, std::uint64_t value) {
  put16(at, static_cast<std::uint32_t>(value));
  put16(at + 2, static_cast<std::uint32_t>(value >> 16));
}

}  // namespace mkramdisk
