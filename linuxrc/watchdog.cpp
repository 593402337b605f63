#include "linuxrc/watchdog.hpp"

#include <fcntl.h>
#include <linux/watchdog.h>

#include <algorithm>

namespace linuxrc {

namespace {

constexpr std::uint64_t feed_every_ms = 500;

}  // namespace

int Watchdog::open(const char* path, std::uint32_t seconds) {
  if (is_open()) return 0;
  const int fd = sys_.open(path, O_WRONLY, 0);
  if (fd < 0) return fd;
  fd_ = fd;
  int asked = static_cast<int>(std::min<std::uint32_t>(seconds, 0xffff));
  (void)sys_.ioctl(fd_, WDIOC_SETTIMEOUT, &asked);  // optional in every driver
  feed();
  return 0;
}

void Watchdog::feed() {
  if (!is_open()) return;
  const std::uint64_t now = sys_.now_ms();
  if (fed_ms_ != 0 && now - fed_ms_ < feed_every_ms) return;
  fed_ms_ = now;
  (void)sys_.write(fd_, "\n", 1);  // one that takes no food cannot be helped
}

void Watchdog::sleep_ms(std::uint64_t milliseconds) {
  while (milliseconds > 0) {
    const std::uint64_t now = is_open() ? std::min(milliseconds, feed_every_ms) : milliseconds;
    sys_.sleep_ms(static_cast<unsigned>(now));
    feed();
    milliseconds -= now;
  }
}

}  // namespace linuxrc
