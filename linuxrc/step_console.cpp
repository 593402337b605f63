// The console of the new root.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Status;

Status open_console(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  int fd = sys.open("/dev/console", O_RDWR, 0);
  if (fd < 0 && *step.source != '\0') {
    // A root without /dev/console: a node of our own, which outlives its name.
    (void)sys.mknod(step.source, S_IFCHR | 0600, makedev(5, 1));  // open says what is wrong
    fd = sys.open(step.source, O_RDWR, 0);
  }
  if (fd < 0) return outcome(fd, "open /dev/console");
  for (int wanted = 0; wanted < 3; ++wanted)
    if (fd != wanted) (void)sys.dup2(fd, wanted);  // fails for no open descriptor, and fd is one
  if (fd > 2) (void)sys.close(fd);
  return Done{};
}

}  // namespace linuxrc
