// The step of a root over the network.
#include <sys/wait.h>

#include "linuxrc/network.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

namespace {

// Returns only when something failed, which it says.
void become_ipconfig(Machine& machine, const Step& step) {
  common::Text<16> seconds;
  seconds.append("%llu", static_cast<unsigned long long>(step.number));
  const char* const argv[] = {"ipconfig", "-t", seconds.c_str(), step.source, nullptr};
  machine.sys.reset_process_state();
  Status done = outcome(machine.sys.chdir("/"), "chdir /");
  if (done)
    done = outcome(machine.sys.execve(step.target, argv, machine.envp), "execute %s", step.target);
  if (!done) machine.log.warn("%s", done.error().text());
}

}  // namespace

Status configure_network(Machine& machine, const Step& step) {
  const pid_t child = machine.sys.fork();
  if (child == 0) {
    become_ipconfig(machine, step);
    machine.sys.exit_now(127);
  }
  if (child < 0) return Error::system(static_cast<int>(-child), "fork for %s", step.target);
  const int status = wait_for(machine, child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return Done{};
  if (WIFSIGNALED(status))
    return Error::of(Failure::system, "%s %s: killed by signal %d", step.target, step.source,
                     WTERMSIG(status));
  return Error::of(Failure::system, "%s %s: no address, exit code %d", step.target, step.source,
                   WEXITSTATUS(status));
}

}  // namespace linuxrc
