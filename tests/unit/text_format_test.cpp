// append_format() against libc's own formatter.
#include <array>
#include <boost/test/unit_test.hpp>
#include <climits>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <string_view>

#include "common/text.hpp"

namespace {

std::string ours(const char* format, ...) {
  std::array<char, 200> buffer{};
  std::va_list arguments;
  va_start(arguments, format);
  const auto length = common::append_format(buffer.data(), buffer.size(), 0, format, arguments);
  va_end(arguments);
  if (length != std::strlen(buffer.data())) BOOST_ERROR(format << " has length " << length);
  return buffer.data();
}

std::string theirs(const char* format, ...) {
  std::array<char, 200> buffer{};
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(buffer.data(), buffer.size(), format, arguments);
  va_end(arguments);
  return buffer.data();
}

unsigned long compared = 0;

template <class... Values>
void compare(const std::string& format, Values... values) {
  ++compared;
  const std::string expected = theirs(format.c_str(), values...);
  const std::string formatted = ours(format.c_str(), values...);
  // A check of Boost's for each of 200,000 would take most of the time.
  if (formatted != expected) BOOST_ERROR(format << " gives " << formatted << ", not " << expected);
}

// Every combination of flag and width before the conversion `end`.
template <class... Values>
void compare_widths(const std::string& end, Values... values) {
  for (const char* flags : {"", "-", "0", "-0"}) {
    if (*flags != '\0' && end.find_first_of("cs") != std::string::npos && flags[0] != '-') continue;
    for (const char* width : {"", "1", "2", "3", "8", "17", "30"})
      compare(std::string("<%") + flags + width + end + ">", values...);
    for (const int width : {0, 5, 30})
      compare(std::string("<%") + flags + "*" + end + ">", width, values...);
  }
}

template <class Number>
void compare_numbers(const std::string& size, Number value) {
  for (const char* letter : {"d", "u", "o", "x", "X"}) compare_widths(size + letter, value);
}

}  // namespace

BOOST_AUTO_TEST_CASE(numbers_look_as_libc_writes_them) {
  std::mt19937_64 random(2);
  for (const int value : {0, 1, -1, 7, 8, 9, 10, -10, 99, 255, INT_MAX, INT_MIN})
    compare_numbers("", value);
  for (const long long value : {0LL, -1LL, LLONG_MAX, LLONG_MIN, 1LL << 32, -(1LL << 32)})
    compare_numbers("ll", value);
  for (int turn = 0; turn < 300; ++turn) {
    const std::uint64_t bits = random() >> (random() % 64);
    compare_numbers("", static_cast<int>(bits));
    compare_numbers("l", static_cast<long>(bits));
    compare_numbers("ll", static_cast<long long>(bits));
    compare_numbers("z", static_cast<std::size_t>(bits));
  }
}

BOOST_AUTO_TEST_CASE(texts_look_as_libc_writes_them) {
  for (const char* text : {"", "a", "root=/dev/sda1", "%d"}) {
    compare_widths("s", text);
    for (const char* precision : {".0", ".1", ".4", ".80", "."})
      compare_widths(std::string(precision) + "s", text);
    for (const int precision : {-1, 0, 1, 4, 80}) compare_widths(".*s", precision, text);
  }
  for (const char letter : {'a', '%', '\x7f'}) compare_widths("c", static_cast<int>(letter));
  compare("100%% of %s and %u:%u", "x", 8u, 1u);
  compare("");
  BOOST_TEST_MESSAGE(compared << " formats compared");
  BOOST_TEST(compared > 10000u);
}

// Not NUL-terminated: %.*s must not read on.
BOOST_AUTO_TEST_CASE(a_precision_bounds_what_is_read) {
  const std::string page(4096, 'x');
  BOOST_TEST(ours("%.*s", 3, page.data() + page.size() - 3) == "xxx");
}

BOOST_AUTO_TEST_CASE(a_string_view_without_a_text_is_empty) {
  const std::string_view none;
  BOOST_TEST(ours("<%.*s>", static_cast<int>(none.size()), none.data()) == "<>");
}

BOOST_AUTO_TEST_CASE(a_format_that_is_not_known_stands_as_it_is) {
  BOOST_TEST(ours("%s is %f, %s", "it", 1.5, "no") == "it is %f, %s");
  BOOST_TEST(ours("%") == "%");
  BOOST_TEST(ours("%l") == "%l");
}
