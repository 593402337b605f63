#include "common/sizes.hpp"

namespace common {
namespace {

// What a letter is worth as a digit; 36 and more for none.
unsigned digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'z' ? static_cast<unsigned>(lower - 'a') + 10 : 36;
}

// std::from_chars does the same with a table and eight times the code.
std::optional<std::uint64_t> parse_base(std::string_view text, unsigned base) {
  std::uint64_t value = 0;
  for (const char c : text) {
    const unsigned digit = digit_of(c);
    if (digit >= base || __builtin_mul_overflow(value, base, &value) ||
        __builtin_add_overflow(value, digit, &value))
      return std::nullopt;
  }
  return text.empty() ? std::nullopt : std::optional(value);
}

}  // namespace

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  return parse_base(text, 10);
}

std::optional<std::uint64_t> parse_hexadecimal(std::string_view text) {
  return parse_base(text, 16);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  if (text.empty()) return std::nullopt;
  int shift = 0;
  switch (text.back()) {
    case 'k':
    case 'K':
      shift = 10;
      break;
    case 'm':
    case 'M':
      shift = 20;
      break;
    case 'g':
    case 'G':
      shift = 30;
      break;
    case 't':
    case 'T':
      shift = 40;
      break;
    default:
      break;
  }
  if (shift != 0) text.remove_suffix(1);
  const auto value = parse_decimal(text);
  if (!value || *value > (UINT64_MAX >> shift)) return std::nullopt;
  return *value << shift;
}

std::optional<std::uint64_t> parse_c_number(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) return parse_base(text.substr(2), 16);
  if (text.size() > 1 && text.front() == '0') return parse_base(text.substr(1), 8);
  return parse_base(text, 10);
}

}  // namespace common
