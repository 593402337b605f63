#include "linuxrc/device_events.hpp"

namespace linuxrc {
namespace {

constexpr unsigned poll_ms = 50;
// Not for ever: /proc/partitions is the truth, and events can be lost.
constexpr unsigned most_ms = 500;

}  // namespace

DeviceEvents::~DeviceEvents() {
  if (fd_ >= 0) (void)machine_.sys.close(fd_);  // nothing was written
}

void DeviceEvents::rest() {
  Sys& sys = machine_.sys;
  if (!asked_) {
    asked_ = true;
    fd_ = sys.open_uevents();
    if (fd_ >= 0) return;
  }
  const int ready = fd_ < 0 ? -1 : sys.wait_readable(fd_, most_ms);
  machine_.watchdog.feed();
  if (ready == 0) return;
  // What is told does not matter, and one disk is many events.
  char event[4096];
  int told = 0;
  while (ready > 0 && told < 64 && sys.read(fd_, event, sizeof event) > 0) ++told;
  // A socket that gives nothing although it can be read must not make this a busy loop.
  if (told == 0) machine_.watchdog.sleep_ms(poll_ms);
}

}  // namespace linuxrc
