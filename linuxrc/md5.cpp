#include "linuxrc/md5.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace linuxrc {
namespace {

// RFC 1321, 3.4: the integer part of 4294967296 times abs(sin(i + 1)).
constexpr std::array<std::uint32_t, 64> sines{
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
constexpr int turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

using State = std::array<std::uint32_t, 4>;

void add_block(State& state, std::span<const unsigned char> block) {
  const auto word = [&](unsigned at) {
    std::uint32_t value = 0;
    for (unsigned i = 4; i-- > 0;) value = value << 8 | block[at * 4 + i];
    return value;
  };
  auto [a, b, c, d] = state;
  for (unsigned i = 0; i < 64; ++i) {
    const unsigned round = i / 16;
    const std::uint32_t mixed = round == 0   ? (b & c) | (~b & d)
                                : round == 1 ? (d & b) | (~d & c)
                                : round == 2 ? b ^ c ^ d
                                             : c ^ (b | ~d);
    constexpr unsigned factors[4] = {1, 5, 3, 7};
    constexpr unsigned offsets[4] = {0, 1, 5, 0};
    const unsigned at = (factors[round] * i + offsets[round]) % 16;
    const std::uint32_t turned = std::rotl(a + mixed + sines[i] + word(at), turns[round][i % 4]);
    a = d;
    d = c;
    c = b;
    b += turned;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

}  // namespace

std::array<unsigned char, 16> md5_of(std::span<const std::byte> text) {
  constexpr std::size_t block = 64;
  std::array<unsigned char, 2 * block> padded{};
  const std::size_t length = std::min(text.size(), padded.size() - 9);
  for (std::size_t i = 0; i < length; ++i) padded[i] = std::to_integer<unsigned char>(text[i]);
  padded[length] = 0x80;
  const std::size_t end = length + 9 <= block ? block : 2 * block;
  const std::uint64_t bits = length * 8;
  for (unsigned i = 0; i < 8; ++i)
    padded[end - 8 + i] = static_cast<unsigned char>(bits >> (8 * i) & 0xff);
  State state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for (std::size_t at = 0; at < end; at += block)
    add_block(state, std::span(padded).subspan(at, block));
  std::array<unsigned char, 16> sum{};
  for (unsigned i = 0; i < sum.size(); ++i)
    sum[i] = static_cast<unsigned char>(state[i / 4] >> (i % 4 * 8) & 0xff);
  return sum;
}

}  // namespace linuxrc
