// Sizes as people write them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace common {

// "4096k", "8M", "1g" or plain bytes; suffixes are powers of 1024, in either case. Returns bytes,
// or nothing for anything else, an empty text and overflow included.
std::optional<std::uint64_t> parse_size(std::string_view text);

// A whole number in base 10, or nothing.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

// A whole number in base 16, without 0x, or nothing.
std::optional<std::uint64_t> parse_hexadecimal(std::string_view text);

// As the kernel's simple_strtoull with base 0: 0x is hexadecimal, a leading 0 octal. All of the
// text must be a number.
std::optional<std::uint64_t> parse_c_number(std::string_view text);

// The smaller of a buffer's size and a count of bytes, which on a machine of 32 bits may be larger
// than any buffer.
constexpr std::size_t at_most(std::size_t size, std::uint64_t count) {
  return count < size ? static_cast<std::size_t>(count) : size;
}

}  // namespace common
