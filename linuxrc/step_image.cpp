// Roots that are no block device of their own: an image file, attached to a loop device, and flash
// file systems, which know their partition by name.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "common/lines.hpp"
#include "linuxrc/loop.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Failure;
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
    status = Error::of(Failure::not_usable, "%s: not a regular file", file);
  const Status back = inside.leave();
  if (status) status = back;
  return fd;
}

// Whether /proc/filesystems has one of a list of types; yes where that cannot be read.
bool knows_one_of(Machine& machine, std::string_view types) {
  char text[4096];
  Path path;
  path.append("%s/proc/filesystems", machine.facts.work.c_str());
  const auto length = read_text(machine.sys, path.c_str(), text);
  if (!length) return true;
  for (std::string_view known{text, *length}; const auto line = common::next_line(known);) {
    const std::string_view name = line->substr(line->rfind('\t') + 1);
    for (std::string_view rest = types; !rest.empty();) {
      const std::string_view type = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(type.size() + 1, rest.size()));
      if (type == name) return true;
    }
  }
  return false;
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

Status mount_flash_root(Machine& machine, const Step& step) {
  machine.root_node.clear();
  machine.root_node.append("%s", step.source);
  const Status mounted = mount_as_some_type(machine, step, {}, machine.root.value_or(0));
  if (mounted || mounted.error().errno_value() != ENODEV || knows_one_of(machine, step.type))
    return mounted;
  return Error::of(Failure::not_usable, "mount root %s: this kernel knows no %s", step.source,
                   step.type);
}

}  // namespace linuxrc
