// CRC-32 as in gzip and uImage headers, for a few bytes at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace rdload {

inline std::uint32_t crc32_of(std::span<const std::byte> bytes, std::uint32_t crc = 0) {
  crc = ~crc;
  for (const std::byte byte : bytes) {
    crc ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
  }
  return ~crc;
}

}  // namespace rdload
