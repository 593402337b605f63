// Text in a buffer of fixed size: no heap, always NUL-terminated, cut (and marked so) rather than
// overrun. What linuxrc says after its first irreversible step is built here.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <string_view>

namespace common {

// Appends to `buffer` of `capacity` bytes, of which `length` are used. Returns the new length.
// Text that does not fit is cut and its last three characters become "...".
//
// Of printf's formats these: %c %s %d %u %o %x %X %%, with -, 0 and a width, with l, ll or z before
// the letter of a number, and a precision for %s; width and precision may be *. From any other on
// the format itself is appended. libc's own formatter would be a third of the tiny linuxrc.
std::size_t append_format(char* buffer, std::size_t capacity, std::size_t length,
                          const char* format, std::va_list arguments);

template <std::size_t Capacity>
class Text {
  static_assert(Capacity >= 8);

 public:
  Text() { buffer_[0] = '\0'; }

  [[gnu::format(printf, 2, 3)]] Text& append(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    length_ = append_format(buffer_, Capacity, length_, format, arguments);
    va_end(arguments);
    return *this;
  }
  [[gnu::format(printf, 2, 0)]] Text& append_list(const char* format, std::va_list arguments) {
    length_ = append_format(buffer_, Capacity, length_, format, arguments);
    return *this;
  }
  // The same for text as it is, and much faster.
  Text& append_text(std::string_view text) {
    if (text.size() >= Capacity - length_)
      return append("%.*s", static_cast<int>(text.size()), text.data());
    text.copy(buffer_ + length_, text.size());
    length_ += text.size();
    buffer_[length_] = '\0';
    return *this;
  }
  // Takes away what stands behind the first `length` bytes, of which there are as many.
  void cut(std::size_t length) {
    length_ = length;
    buffer_[length] = '\0';
  }
  void clear() { cut(0); }

  [[nodiscard]] const char* c_str() const { return buffer_; }
  [[nodiscard]] std::string_view view() const { return {buffer_, length_}; }
  [[nodiscard]] std::size_t size() const { return length_; }
  [[nodiscard]] bool empty() const { return length_ == 0; }
  // True when the text fills its buffer: it may have been cut.
  [[nodiscard]] bool full() const { return length_ + 1 == Capacity; }

 private:
  std::size_t length_ = 0;
  char buffer_[Capacity];
};

}  // namespace common
