#include "common/standard_streams.hpp"

#include <fcntl.h>

namespace common {

void occupy_standard_streams() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // The wrong way round, so that nothing seems to have been read or written. All below `fd` are
    // open, so that this is the number that open(2) gives.
    if (::open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd) return;
  }
}

}  // namespace common
