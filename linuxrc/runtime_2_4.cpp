// What g++ calls for a division of 64 bits on a machine of 32. libgcc's are made for speed and take
// ten times the room; here they write numbers into messages.
#include <cstdint>

// NOLINTBEGIN(bugprone-reserved-identifier): the compiler's names.
extern "C" {

std::uint64_t __udivmoddi4(std::uint64_t value, std::uint64_t by, std::uint64_t* rest) {
  std::uint64_t quotient = 0;
  std::uint64_t remainder = 0;
  // Bit by bit, the highest first.
  for (int bit = 0; bit < 64; ++bit) {
    remainder = remainder << 1 | value >> 63;
    value <<= 1;
    quotient <<= 1;
    if (remainder >= by) {
      remainder -= by;
      quotient |= 1;
    }
  }
  if (rest != nullptr) *rest = remainder;
  return quotient;
}

std::uint64_t __udivdi3(std::uint64_t value, std::uint64_t by) {
  return __udivmoddi4(value, by, nullptr);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier)
