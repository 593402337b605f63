// For a build whose kernels have real-root-dev, which Linux had up to 7.0.
#include <cerrno>

#include "linuxrc/steps.hpp"

namespace linuxrc {

common::Status make_stand_in(Machine&, const Step&) {
  return common::Error::of(common::Failure::not_usable, "real-root-dev: no stand-in here");
}

// Nothing is traced: the plain wait.
int trace_linuxrc(Machine& machine, pid_t child) {
  int status = 0;
  pid_t ended = 0;
  do ended = machine.sys.wait_any(status);
  while (ended != child && (ended >= 0 || ended == -EINTR));
  return status;
}

}  // namespace linuxrc
