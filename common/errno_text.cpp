#include "common/errno_text.hpp"

#include <cstring>

namespace common {

const char* errno_text(int errno_value) {
  return std::strerror(errno_value);
}

}  // namespace common
