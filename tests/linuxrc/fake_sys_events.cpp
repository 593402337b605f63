// FakeSys: time, and devices that come with it.
#include <sys/stat.h>

#include <cerrno>

#include "tests/linuxrc/fake_sys.hpp"

namespace linuxrc::fake {

int FakeSys::open_uevents() {
  if (const int failed = enter(Call::socket, "socket uevents"); failed < 0) return failed;
  if (!kernel_.has_uevents || kernel_.version().before(2, 6, 10)) return done(-EPROTONOSUPPORT);
  const int fd = open_found({nullptr, &kernel_.uevents}, 0);
  if (fd >= 0) file(fd)->path = "uevents";
  return done(fd);
}

int FakeSys::wait_readable(int fd, unsigned milliseconds) {
  if (const int failed = enter(Call::poll, "poll " + std::to_string(fd)); failed < 0) return failed;
  if (file(fd) == nullptr) return done(-EBADF);
  const std::uint64_t end = kernel_.now_ms + milliseconds;
  std::uint64_t next = UINT64_MAX;
  for (const Disk& disk : kernel_.disks)
    if (disk.appears_ms > kernel_.now_ms) next = std::min(next, disk.appears_ms);
  kernel_.now_ms = std::min(next, end);
  if (next > end) return done(0);
  file(fd)->offset = 0;  // one more datagram, which says what the one before it said
  return done(1);
}

void FakeSys::sleep_ms(unsigned milliseconds) {
  kernel_.now_ms += milliseconds;
  // Only the emergency without a shell rests this long.
  if (milliseconds >= 60000) end(End::waiting);
}

}  // namespace linuxrc::fake
