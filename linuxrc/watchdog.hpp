// A hardware watchdog, fed while linuxrc waits and copies.
#pragma once

#include <cstdint>

#include "linuxrc/sys.hpp"

namespace linuxrc {

// One for the whole run; idle until it is opened. The descriptor closes when init is executed,
// without the letter V that would stop the timer: from then on init has to feed it. In an
// emergency nothing does, so that a board that nobody watches starts anew.
class Watchdog {
 public:
  explicit Watchdog(Sys& sys) : sys_(sys) {}

  // Opens the node `path` of /dev/watchdog (character device 10:130) and asks for `seconds` before
  // it bites; a device that cannot do that keeps its own time. 0, or -errno.
  int open(const char* path, std::uint32_t seconds);
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }

  // At most once in half a second, so it may stand in any loop.
  void feed();
  // Rests, feeding.
  void sleep_ms(std::uint64_t milliseconds);

 private:
  Sys& sys_;
  int fd_ = -1;
  std::uint64_t fed_ms_ = 0;
};

}  // namespace linuxrc
