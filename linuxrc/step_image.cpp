// Roots that are no block device of their own: an image file, attached to a loop device, and flash
// file systems, which know their partition by name.
#include <fcntl.h>
#include <linux/loop.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstring>

#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
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

// As seen from the file system on `host`, so that no link leads out of it.
int open_image(Machine& machine, const char* host, const char* file, bool read_only,
               Status& status) {
  Inside inside(machine.sys, host);
  status = inside.status();
  if (!status) return -1;
  const int fd = machine.sys.open(file, read_only ? O_RDONLY : O_RDWR, 0);
  FileFacts facts;
  status = outcome(fd, "open %s in the root device", file);
  if (status && machine.sys.stat(file, facts) >= 0 && !S_ISREG(facts.mode))
    status = Error::of(common::Failure::not_usable, "%s: not a regular file", file);
  const Status back = come_back(machine, inside);
  if (status) status = back;
  return fd;
}

Status set_file(Machine& machine, int image, const char* node) {
  Sys& sys = machine.sys;
  // This ioctl takes the descriptor itself in the place of a pointer.
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  void* const argument = reinterpret_cast<void*>(static_cast<std::intptr_t>(image));
  Status done = outcome(sys.ioctl(machine.loop, LOOP_SET_FD, argument), "LOOP_SET_FD %s", node);
  loop_info64 info;
  std::memset(&info, 0, sizeof info);
  info.lo_flags = LO_FLAGS_AUTOCLEAR;
  // Without it the device is only left behind, attached, when the root is unmounted.
  if (done) (void)sys.ioctl(machine.loop, LOOP_SET_STATUS64, &info);
  return done;
}

}  // namespace

Status attach_image(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  Status done = Done{};
  const bool read_only = (step.flags & MS_RDONLY) != 0;
  const int image = open_image(machine, step.target, step.source, read_only, done);
  const int number = done ? free_loop(machine) : 0;
  if (done) done = outcome(number, "LOOP_CTL_GET_FREE");
  Path node;
  node.append("%s/dev/loop", machine.facts.work.c_str());
  const dev_t device = makedev(loop_major, static_cast<unsigned>(number < 0 ? 0 : number));
  if (done) done = make_node(machine, node.c_str(), device);
  if (done) {
    machine.loop = sys.open(node.c_str(), read_only ? O_RDONLY : O_RDWR, 0);
    done = outcome(machine.loop, "open loop device %d", number);
  }
  if (done) done = set_file(machine, image, node.c_str());
  if (image >= 0) (void)sys.close(image);  // the loop device has it
  if (done) machine.root = device;
  return done;
}

Status detach_image(Machine& machine) {
  const int result = machine.sys.close(machine.loop);
  machine.loop = -1;
  return outcome(result, "close the loop device");
}

Status mount_flash(Machine& machine, const Step& step) {
  machine.root_node.clear();
  machine.root_node.append("%s", step.source);
  return outcome(machine.sys.mount(step.source, step.target, step.type, step.flags, step.data),
                 "mount root %s as %s", step.source, step.type);
}

}  // namespace linuxrc
