// The console of the new root.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Status;

Path make_character_node(Machine& machine, const char* name, dev_t device) {
  Path path;
  path.append("%s/dev/%s", machine.facts.work.c_str(), name);
  (void)machine.sys.mknod(path.c_str(), S_IFCHR | 0600, device);
  return path;
}

int become_console(Sys& sys, const char* path) {
  const int fd = sys.open(path, O_RDWR, 0);
  if (fd < 0) return fd;
  for (int wanted = 0; wanted < 3; ++wanted)
    if (fd != wanted) (void)sys.dup2(fd, wanted);  // fails for no open descriptor, and fd is one
  if (fd > 2) (void)sys.close(fd);
  return 0;
}

Status open_console(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  int result = become_console(sys, "/dev/console");
  if (result < 0 && *step.source != '\0') {
    // A root without /dev/console: a node of our own, which outlives its name.
    (void)sys.mknod(step.source, S_IFCHR | 0600, makedev(5, 1));  // open says what is wrong
    result = become_console(sys, step.source);
  }
  if (result >= 0) machine.log.set_console(true);
  return outcome(result, "open /dev/console");
}

void reopen_console(Machine& machine) {
  Path node;
  node.append("%s/dev/console", machine.facts.work.c_str());
  // Without one what is open stays open.
  (void)open_console(machine, {.op = Op::open_console, .source = node.c_str()});
}

}  // namespace linuxrc
