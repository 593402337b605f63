#include "linuxrc/loop.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/sysmacros.h>

#include <cstring>

#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Result;
using common::Status;

namespace {

constexpr unsigned loop_major = 7;

// The number of a loop device that is free. Before /dev/loop-control (Linux 3.1) the first one.
int free_loop(Machine& machine) {
  const Path node = make_character_node(machine, "loop-control", makedev(10, 237));
  const int fd = machine.sys.open(node.c_str(), O_RDWR, 0);
  if (fd < 0) return 0;
  const int number = machine.sys.ioctl(fd, LOOP_CTL_GET_FREE, nullptr);
  (void)machine.sys.close(fd);  // a control device
  return number;
}

Status set_file(Sys& sys, int device, int file, const char* node) {
  // This ioctl takes the descriptor itself in the place of a pointer.
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  void* const argument = reinterpret_cast<void*>(static_cast<std::intptr_t>(file));
  const Status done = outcome(sys.ioctl(device, LOOP_SET_FD, argument), "LOOP_SET_FD %s", node);
  if (!done) return done;
  loop_info64 info;
  std::memset(&info, 0, sizeof info);
  info.lo_flags = LO_FLAGS_AUTOCLEAR;
  // Without it the device is only left behind, attached, when it is unmounted.
  (void)sys.ioctl(device, LOOP_SET_STATUS64, &info);
  return done;
}

}  // namespace

Result<dev_t> attach_loop(Machine& machine, int file, bool read_only, const char* node, int& kept) {
  Sys& sys = machine.sys;
  const int number = free_loop(machine);
  Status done = outcome(number, "LOOP_CTL_GET_FREE /dev/loop-control");
  if (!done) return done.error();
  const dev_t device = makedev(loop_major, static_cast<unsigned>(number));
  done = make_node(machine, node, device);
  if (!done) return done.error();
  const int fd = sys.open(node, read_only ? O_RDONLY : O_RDWR, 0);
  if (fd < 0) return outcome(fd, "open loop device %d (%s)", number, node).error();
  done = set_file(sys, fd, file, node);
  // Kernels may refuse to mount what is open for writing (BLK_DEV_WRITE_MOUNTED).
  kept = done ? sys.open(node, O_RDONLY, 0) : -1;
  if (done) done = outcome(kept, "open loop device %d (%s)", number, node);
  (void)sys.close(fd);  // nothing was written through it
  if (!done) return done.error();
  return device;
}

}  // namespace linuxrc
