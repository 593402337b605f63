#include "rdload/stop.hpp"

#include <poll.h>

#include <cerrno>

namespace rdload {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

Error Stop::error(const char* name) {
  return Error::of(Failure::system, "%s: interrupted", name);
}

Status wait_for(int fd, short events, const Stop& stop, const char* name) {
  for (;;) {
    if (stop.asked()) return Stop::error(name);
    // A signal between that look and this call is not missed: its handler has made the second one
    // readable.
    pollfd both[2] = {{fd, events, 0}, {stop.fd, POLLIN, 0}};
    const int ready = ::poll(both, stop.fd < 0 ? 1 : 2, -1);
    if (ready < 0 && errno != EINTR) return Error::system(errno, "poll %s", name);
    if (ready > 0 && both[0].revents != 0 && !stop.asked()) return Done{};
  }
}

Status wait_a_while(int milliseconds, const Stop& stop, const char* name) {
  pollfd wish{stop.fd, POLLIN, 0};
  // Whatever ends it, the caller looks again.
  static_cast<void>(::poll(&wish, stop.fd < 0 ? 0 : 1, milliseconds));
  if (stop.asked()) return Stop::error(name);
  return Done{};
}

}  // namespace rdload
