#include "common/text.hpp"

#include <cstdio>
#include <cstring>

namespace common {

std::size_t append_format(char* buffer, std::size_t capacity, std::size_t length,
                          const char* format, std::va_list arguments) {
  const std::size_t room = capacity - length;
  const int wanted = std::vsnprintf(buffer + length, room, format, arguments);
  if (wanted < 0) {
    buffer[length] = '\0';
    return length;
  }
  if (static_cast<std::size_t>(wanted) < room) return length + static_cast<std::size_t>(wanted);
  std::memcpy(buffer + capacity - 4, "...", 4);
  return capacity - 1;
}

}  // namespace common
