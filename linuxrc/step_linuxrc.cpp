// The image's /linuxrc as a child, as kernels before 7.0 ran it.
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "linuxrc/device.hpp"
#include "linuxrc/network.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Status;

namespace {

// As the kernel's init_linuxrc(): the image is moved over /, and its linuxrc runs in a session of
// its own. Returns only when something failed.
void become_linuxrc(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  static constexpr const char* argv[] = {"linuxrc", nullptr};
  Status done = outcome(sys.chdir(step.target), "chdir %s", step.target);
  if (done)
    done =
        outcome(sys.mount(".", "/", nullptr, MS_MOVE, nullptr), "move mount %s to /", step.target);
  if (done) done = outcome(sys.chroot("."), "chroot %s", step.target);
  if (done) done = outcome(sys.chdir("/"), "chdir /");
  if (done) {
    (void)sys.setsid();  // fails only for a group leader, which a new child is not
    sys.reset_process_state();
    // Only the stand-in is lost if that fails, and the parent sees no stop.
    if (machine.stand_in != nullptr) (void)sys.ptrace(PTRACE_TRACEME, 0, 0, 0);
    done =
        outcome(sys.execve("/linuxrc", argv, environment_of_linuxrc(machine)), "execute /linuxrc");
  }
  if (!done) machine.log.warn("%s", done.error().text());
}

void say_how_it_ended(Log& log, int status) {
  if (WIFSIGNALED(status))
    log.warn("/linuxrc was killed by signal %d, going on", WTERMSIG(status));
  else if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
    log.warn("/linuxrc ended with exit code %d, going on", WEXITSTATUS(status));
}

// The child's / is whatever now covers ours; taking it to /old brings ours back.
Status take_back_root(Machine& machine) {
  Sys& sys = machine.sys;
  Facts& facts = machine.facts;
  FileFacts own;
  FileFacts top;
  Status done = outcome(sys.stat("/", own), "stat /");
  if (done) done = outcome(sys.stat("..", top), "stat ..");
  if (!done) return done;
  if (own.device == top.device) {
    // The child never got as far as to move the image, which is still on /root.
    done =
        outcome(sys.mount("/root", "/old", nullptr, MS_MOVE, nullptr), "move mount /root to /old");
    facts.linuxrc = LinuxrcOutcome::returned;
    return done;
  }
  done = outcome(sys.mount("..", ".", nullptr, MS_MOVE, nullptr), "move mount / to /old");
  facts.linuxrc =
      top.device == facts.ram_disk_device ? LinuxrcOutcome::returned : LinuxrcOutcome::pivoted;
  return done;
}

// What /linuxrc wrote to real-root-dev, where that is the kernel's or a stand-in.
void read_real_root(Machine& machine, const char* file) {
  if (!machine.facts.has_real_root_dev && machine.stand_in == nullptr) return;
  char text[32];
  const auto length = read_text(machine.sys, file, text);
  if (!length) {
    machine.log.warn("%s, ignoring", length.error().text());
    return;
  }
  const auto asked = parse_real_root_dev({text, *length});
  if (!asked || *asked == 0 || asked == machine.root) return;
  if (*asked == ram0() || *asked == machine.facts.ram_disk_device)
    machine.facts.linuxrc = LinuxrcOutcome::stay;
  else
    take_asked_root(machine.facts, *asked);
}

}  // namespace

// The parent is in /old meanwhile.
Status run_linuxrc(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  const pid_t child = sys.fork();
  if (child == 0) {
    become_linuxrc(machine, step);
    sys.exit_now(127);
  }
  Status back = outcome(static_cast<int>(child), "fork for /linuxrc");
  if (back) {
    say_how_it_ended(machine.log, machine.stand_in != nullptr ? trace_linuxrc(machine, child)
                                                              : wait_for(machine, child));
    back = take_back_root(machine);
  }
  (void)sys.chdir("/");  // our own root: it always exists
  if (!back) return back;
  if (machine.facts.linuxrc == LinuxrcOutcome::returned) read_real_root(machine, step.source);
  return Done{};
}

}  // namespace linuxrc
