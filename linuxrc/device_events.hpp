// Waiting for a device: until the kernel says that one has come, where it can, else a little while.
#pragma once

#include "linuxrc/steps.hpp"

namespace linuxrc {

// For one wait. Whoever waits looks for the device himself, before each rest and after it.
class DeviceEvents {
 public:
  explicit DeviceEvents(Machine& machine) : machine_(machine) {}
  DeviceEvents(const DeviceEvents&) = delete;
  DeviceEvents& operator=(const DeviceEvents&) = delete;
  ~DeviceEvents();

  // Feeds the watchdog and returns after half a second at most. The first call may return at once:
  // what came before the kernel was asked to tell is to be looked for again.
  void rest();

 private:
  Machine& machine_;
  int fd_ = -1;
  bool asked_ = false;
};

}  // namespace linuxrc
