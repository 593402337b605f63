#include "common/errno_text.hpp"

#include <cstring>

namespace common {

const char* errno_text(int errno_value) {
#ifdef __GLIBC__
  // strerror()'s text, without what translates it, which is 50 KB in a static program.
  return strerrordesc_np(errno_value);
#else
  return std::strerror(errno_value);
#endif
}

std::size_t most_before_reason() {
  return 576;  // an Error has room for 640
}

}  // namespace common
