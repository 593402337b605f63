#include "common/text.hpp"

#include <sys/types.h>

#include <cstdint>
#include <cstring>

namespace common {
namespace {

class Output {
 public:
  Output(char* buffer, std::size_t capacity, std::size_t length)
      : buffer_(buffer), capacity_(capacity), length_(length) {}

  void put(char c) {
    if (length_ + 1 < capacity_)
      buffer_[length_++] = c;
    else
      cut_ = true;
  }
  // `size` characters, at least `width` with what `pad` fills.
  void put(const char* text, std::size_t size, std::size_t width, bool left, char pad) {
    for (std::size_t i = size; !left && i < width; ++i) put(pad);
    for (std::size_t i = 0; i < size; ++i) put(text[i]);
    for (std::size_t i = size; left && i < width; ++i) put(' ');
  }
  std::size_t finish() {
    buffer_[length_] = '\0';
    if (cut_) std::memcpy(buffer_ + capacity_ - 4, "...", 4);
    return length_;
  }

 private:
  char* buffer_;
  std::size_t capacity_;
  std::size_t length_;
  bool cut_ = false;
};

// One conversion: %[-0][WIDTH][.PRECISION][l|ll|z]LETTER.
struct Conversion {
  bool left = false;
  bool zero = false;
  std::size_t width = 0;
  std::size_t precision = SIZE_MAX;  // of %s; numbers have none
  enum class Size { of_int, of_long, of_long_long, of_size } size = Size::of_int;
  char letter = '\0';
};

class Formatter {
 public:
  Formatter(Output& output, std::va_list arguments) : output_(output) {
    va_copy(arguments_, arguments);
  }
  Formatter(const Formatter&) = delete;
  Formatter& operator=(const Formatter&) = delete;
  ~Formatter() { va_end(arguments_); }

  void run(const char* format) {
    for (; *format != '\0'; ++format) {
      if (*format != '%') {
        output_.put(*format);
        continue;
      }
      const char* const start = format;
      const Conversion conversion = parse(++format);
      if (convert(conversion)) continue;
      // What the type of the next argument is, is unknown from here on.
      output_.put(start, std::strlen(start), 0, true, ' ');
      return;
    }
  }

 private:
  // Leaves `at` on the letter.
  Conversion parse(const char*& at) {
    Conversion found;
    for (;; ++at) {
      if (*at == '-')
        found.left = true;
      else if (*at == '0')
        found.zero = true;
      else
        break;
    }
    found.width = number(at, 0);
    if (*at == '.') found.precision = number(++at, SIZE_MAX);
    if (*at == 'z') found.size = Conversion::Size::of_size;
    if (*at == 'l') found.size = Conversion::Size::of_long;
    if (*at == 'l' && at[1] == 'l') {
      found.size = Conversion::Size::of_long_long;
      ++at;
    }
    if (found.size != Conversion::Size::of_int) ++at;
    found.letter = *at;
    return found;
  }

  // Digits, or the next argument for '*'; a negative one is `negative`.
  std::size_t number(const char*& at, std::size_t negative) {
    if (*at == '*') {
      ++at;
      const int value = va_arg(arguments_, int);
      return value < 0 ? negative : static_cast<std::size_t>(value);
    }
    std::size_t value = 0;
    for (; *at >= '0' && *at <= '9'; ++at) value = value * 10 + static_cast<std::size_t>(*at - '0');
    return value;
  }

  bool convert(const Conversion& wanted) {
    switch (wanted.letter) {
      case '%':
        output_.put('%');
        return true;
      case 'c': {
        const char c = static_cast<char>(va_arg(arguments_, int));
        output_.put(&c, 1, wanted.width, wanted.left, ' ');
        return true;
      }
      case 's': {
        // An empty string_view may have no text at all, and strnlen() must have one.
        const char* const text = va_arg(arguments_, const char*);
        const std::size_t length = text == nullptr ? 0 : ::strnlen(text, wanted.precision);
        output_.put(text, length, wanted.width, wanted.left, ' ');
        return true;
      }
      case 'd': {
        const std::int64_t value = next_signed(wanted.size);
        const auto bits = static_cast<std::uint64_t>(value);
        digits(wanted, value < 0 ? 0 - bits : bits, 10, value < 0);
        return true;
      }
      case 'u':
        digits(wanted, next_unsigned(wanted.size), 10, false);
        return true;
      case 'o':
        digits(wanted, next_unsigned(wanted.size), 8, false);
        return true;
      case 'x':
      case 'X':
        digits(wanted, next_unsigned(wanted.size), 16, false);
        return true;
      default:
        return false;
    }
  }

  std::int64_t next_signed(Conversion::Size size) {
    switch (size) {
      case Conversion::Size::of_long:
        return va_arg(arguments_, long);
      case Conversion::Size::of_long_long:
        return va_arg(arguments_, long long);
      case Conversion::Size::of_size:
        return va_arg(arguments_, ssize_t);
      default:
        return va_arg(arguments_, int);
    }
  }

  std::uint64_t next_unsigned(Conversion::Size size) {
    switch (size) {
      case Conversion::Size::of_long:
        return va_arg(arguments_, unsigned long);
      case Conversion::Size::of_long_long:
        return va_arg(arguments_, unsigned long long);
      case Conversion::Size::of_size:
        return va_arg(arguments_, std::size_t);
      default:
        return va_arg(arguments_, unsigned);
    }
  }

  void digits(const Conversion& wanted, std::uint64_t value, unsigned base, bool negative) {
    const char ten = wanted.letter == 'X' ? 'A' : 'a';
    char text[24];  // 2^64 has 22 octal digits
    std::size_t at = sizeof text;
    do {
      const auto digit = static_cast<char>(value % base);
      text[--at] = static_cast<char>(digit < 10 ? '0' + digit : ten + digit - 10);
      value /= base;
    } while (value != 0);
    std::size_t width = wanted.width;
    const bool zeros = wanted.zero && !wanted.left;
    if (negative && zeros) {
      output_.put('-');  // before the zeros, and after the blanks
      if (width > 0) --width;
    } else if (negative) {
      text[--at] = '-';
    }
    output_.put(text + at, sizeof text - at, width, wanted.left, zeros ? '0' : ' ');
  }

  Output& output_;
  std::va_list arguments_;
};

}  // namespace

std::size_t append_format(char* buffer, std::size_t capacity, std::size_t length,
                          const char* format, std::va_list arguments) {
  Output output(buffer, capacity, length);
  Formatter(output, arguments).run(format);
  return output.finish();
}

}  // namespace common
