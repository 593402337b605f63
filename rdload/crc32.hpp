// CRC-32 as in gzip and uImage headers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace rdload {

// The sum over `bytes`, going on from `crc`.
inline std::uint32_t crc32_of(std::span<const std::byte> bytes, std::uint32_t crc = 0) {
  static constexpr auto table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t i = 0; i < made.size(); ++i) {
      made[i] = i;
      for (int bit = 0; bit < 8; ++bit)
        made[i] = made[i] >> 1 ^ (0xedb88320u & (0u - (made[i] & 1)));
    }
    return made;
  }();
  crc = ~crc;
  for (const std::byte byte : bytes)
    crc = crc >> 8 ^ table[(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xff];
  return ~crc;
}

}  // namespace rdload
