// Roots that are no block device of their own: an image file, attached to a loop device, and flash
// file systems, which know their partition by name.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>

#include "linuxrc/loop.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Status;

namespace {

// As seen from the file system on `host`, so that no link leads out of it.
int open_image(Machine& machine, const char* host, const char* file, bool& read_only,
               Status& status) {
  Inside inside(machine.sys, host);
  status = inside.status();
  if (!status) return -1;
  int fd = machine.sys.open(file, read_only ? O_RDONLY : O_RDWR, 0);
  // As the root itself then: what it lies on, or the file, is read-only.
  if (!read_only && (fd == -EROFS || fd == -EACCES)) {
    read_only = true;
    fd = machine.sys.open(file, O_RDONLY, 0);
  }
  FileFacts facts;
  status = outcome(fd, "open %s in the root device", file);
  if (status && machine.sys.stat(file, facts) >= 0 && !S_ISREG(facts.mode))
    status = Error::of(common::Failure::not_usable, "%s: not a regular file", file);
  const Status back = come_back(machine, inside);
  if (status) status = back;
  return fd;
}

}  // namespace

Status attach_image(Machine& machine, const Step& step) {
  Status done = Done{};
  bool read_only = (step.flags & MS_RDONLY) != 0;
  const int image = open_image(machine, step.target, step.source, read_only, done);
  Path node;
  node.append("%s/dev/loop", machine.facts.work.c_str());
  if (done) {
    const auto device = attach_loop(machine, image, read_only, node.c_str(), machine.loop);
    if (device)
      machine.root = *device;
    else
      done = device.error();
  }
  if (image >= 0) (void)machine.sys.close(image);  // the loop device has it
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
                 "mount root %s on %s as %s", step.source, step.target, step.type);
}

}  // namespace linuxrc
