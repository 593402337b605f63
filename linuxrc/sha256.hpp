// SHA-256 (FIPS 180-4), for a program that links no library of such size as libcrypto.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace linuxrc {

class Sha256 {
 public:
  using Sum = std::array<unsigned char, 32>;

  void update(std::span<const unsigned char> bytes);
  // Ends the sum; update() must not follow.
  Sum finish();

 private:
  void add_block(const unsigned char* block);

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> block_{};
  std::uint64_t length_ = 0;  // bytes so far
};

}  // namespace linuxrc
