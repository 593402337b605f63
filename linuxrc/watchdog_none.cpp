// For a build without the watchdog: opening it is refused, which boot.cpp tells.
#include <cerrno>

#include "linuxrc/watchdog.hpp"

namespace linuxrc {

int Watchdog::open(const char*, std::uint32_t) {
  return -ENOSYS;
}

void Watchdog::feed() {}

void Watchdog::sleep_ms(std::uint64_t milliseconds) {
  sys_.sleep_ms(static_cast<unsigned>(milliseconds));
}

}  // namespace linuxrc
