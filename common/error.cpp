#include "common/error.hpp"

#include <cstdarg>

#include "common/errno_text.hpp"

namespace common {

Error Error::system(int errno_value, const char* what, ...) {
  std::va_list arguments;
  va_start(arguments, what);
  const Error error = system_list(errno_value, what, arguments);
  va_end(arguments);
  return error;
}

Error Error::system_list(int errno_value, const char* what, std::va_list arguments) {
  Error error;
  error.errno_value_ = errno_value;
  error.text_.append_list(what, arguments);
  // Of a path of thousands of bytes the end may be missing, of the reason nothing.
  if (const std::size_t most = most_before_reason(); error.text_.size() > most)
    error.text_.cut(most);
  if (const char* const text = errno_text(errno_value); text != nullptr)
    error.text_.append(": %s", text);
  else
    error.text_.append(": error %d", errno_value);
  return error;
}

Error Error::of(Failure kind, const char* message, ...) {
  Error error;
  error.kind_ = kind;
  std::va_list arguments;
  va_start(arguments, message);
  error.text_.append_list(message, arguments);
  va_end(arguments);
  return error;
}

}  // namespace common
