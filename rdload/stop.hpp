// A wish to stop, as a signal handler tells it.
#pragma once

#include <csignal>

#include "common/error.hpp"

namespace rdload {

struct Stop {
  const volatile std::sig_atomic_t* flag = nullptr;  // not 0: stop; nullptr: nobody ever asks
  // Readable from the same moment on, so that no wait outlasts the wish; -1: none. Not owned.
  int fd = -1;

  [[nodiscard]] bool asked() const { return flag != nullptr && *flag != 0; }
  // "NAME: interrupted", a system error.
  [[nodiscard]] static common::Error error(const char* name);
};

// Waits until `fd` can be read (POLLIN) or written (POLLOUT), or has ended. Errors: Stop::error()
// once that is asked for; poll's own.
common::Status wait_for(int fd, short events, const Stop& stop, const char* name);

// Waits `milliseconds`. Errors: Stop::error() as soon as that is asked for.
common::Status wait_a_while(int milliseconds, const Stop& stop, const char* name);

}  // namespace rdload
