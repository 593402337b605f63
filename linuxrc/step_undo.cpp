// The way back over a switch of roots.
#include <sys/mount.h>

#include "linuxrc/nullfs.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Status;

Status pivot_back(Machine& machine, const Step& step) {
  if (lies_on_top(step)) return uncover_new_root(machine, step);
  Sys& sys = machine.sys;
  Path old_root;
  old_root.append("/%s", step.target);
  // As seen from the old root, the new one was mounted on `source`.
  const char* const put_new = step.source + 1;
  Status done = outcome(sys.chdir(old_root.c_str()), "chdir %s", old_root.c_str());
  if (done) done = outcome(sys.pivot_root(".", put_new), "pivot_root . %s", put_new);
  if (done) done = outcome(sys.chroot("."), "chroot . to the old root");
  if (done) done = outcome(sys.chdir("/"), "chdir /");
  // The console may be open by a node of the new root's /dev, and keep that busy.
  if (done) reopen_console(machine);
  return done;
}

Status uncover_root(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  // From our own /, where ".." ends, it is whatever covers that.
  Status done = outcome(sys.chdir("/"), "chdir /");
  if (done)
    done = outcome(sys.mount("..", step.target, nullptr, MS_MOVE, nullptr), "move mount / to %s",
                   step.target);
  return done;
}

Status leave_cover(Machine& machine) {
  Sys& sys = machine.sys;
  Status done = outcome(sys.fchdir(machine.old_root), "fchdir to the initramfs");
  if (done) done = outcome(sys.chroot("."), "chroot . to the initramfs");
  return done;
}

}  // namespace linuxrc
