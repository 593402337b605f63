#include "linuxrc/emergency.hpp"

#include <linux/reboot.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>

#include "linuxrc/report.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

constexpr std::uint32_t most_seconds = 86400;
constexpr const char* shells[] = {"/bin/sh", "/sbin/sh", "/usr/bin/sh"};

// A shell, and the root it is seen from.
struct Shell {
  const char* root = nullptr;
  const char* path = nullptr;
};

// The last place is where the image is after its /linuxrc has run.
Shell find_shell(Machine& machine, const char* new_root) {
  const bool has_image = machine.facts.linuxrc != LinuxrcOutcome::not_run;
  for (const char* root : {"", new_root, has_image ? "/old" : ""}) {
    const Inside inside(machine.sys, root);
    if (!inside.status()) continue;
    for (const char* path : shells)
      if (check_executable(machine, path).ok()) return {root, path};
  }
  return {};
}

// Returns only when it failed, which it says.
void become_shell(Machine& machine, const Shell& shell) {
  Sys& sys = machine.sys;
  const char* const argv[] = {shell.path, nullptr};
  (void)sys.setsid();  // fails only for a group leader, which a new child is not
  (void)sys.ioctl(0, TIOCSCTTY, nullptr);  // without a terminal the shell has no job control
  sys.reset_process_state();
  common::Status done = common::Done{};
  if (*shell.root != '\0') done = outcome(sys.chroot(shell.root), "chroot %s", shell.root);
  if (done) done = outcome(sys.chdir("/"), "chdir /");
  if (done) done = outcome(sys.execve(shell.path, argv, machine.envp), "execute %s", shell.path);
  machine.log.alarm("%s", done.error().text());
}

[[noreturn]] void wait_for_ever(Sys& sys) {
  for (;;) {
    int status = 0;
    if (sys.wait_any(status) == -ECHILD) sys.sleep_ms(60000);
  }
}

// Ends the machine; returns only when that failed, which it says.
void end_machine(Machine& machine, const Options& options) {
  const bool halts = options.on_stop == OnStop::halt;
  if (halts)
    machine.log.alarm("the boot cannot go on: halting (linuxrc.onfail=)");
  else
    machine.log.alarm("the boot cannot go on: rebooting in %u s", options.panic_s);
  if (!halts) machine.sys.sleep_ms(std::min(options.panic_s, most_seconds) * 1000);
  machine.sys.sync();
  const int result = machine.sys.reboot(halts ? LINUX_REBOOT_CMD_HALT : LINUX_REBOOT_CMD_RESTART);
  machine.log.alarm("%s", outcome(result, "reboot").error().text());
}

// Starts shells on the console, one after the other.
void run_shells(Machine& machine, const Shell& shell) {
  Sys& sys = machine.sys;
  for (;;) {
    machine.log.alarm("the boot cannot go on: starting %s%s%s on the console", shell.path,
                      *shell.root == '\0' ? "" : " of ", shell.root);
    const pid_t child = sys.fork();
    if (child == 0) {
      become_shell(machine, shell);
      sys.exit_now(127);
    }
    if (child < 0) {
      machine.log.alarm("%s", common::Error::system(static_cast<int>(-child), "fork").text());
      return;
    }
    for (;;) {
      int status = 0;
      const pid_t ended = sys.wait_any(status);
      if (ended == child || ended == -ECHILD) break;
    }
    machine.log.alarm("the shell has ended");
    sys.sleep_ms(1000);  // a shell that cannot live must not fill the console
  }
}

}  // namespace

void emergency(Machine& machine, const common::Error& error, const char* new_root) {
  const Options& options = machine.facts.options();
  machine.log.alarm("FAILED: %s", error.text());
  if (machine.watchdog.is_open())
    machine.log.alarm("the watchdog is not fed any more and will reset the machine");
  const bool wants_shell = options.on_stop == OnStop::shell;
  // Its driver may be one of the modules that were loaded since the boot began.
  if (wants_shell && !machine.log.has_console()) reopen_console(machine);
  const bool has_console = machine.log.has_console();
  const Shell shell = wants_shell && has_console ? find_shell(machine, new_root) : Shell{};
  // The new root stays where it has the only shell.
  if (shell.path == nullptr || *shell.root == '\0') take_all_back(machine);
  report_stop(machine, error);  // on what is left
  if (options.on_stop == OnStop::reboot || options.on_stop == OnStop::halt)
    end_machine(machine, options);
  if (shell.path != nullptr) run_shells(machine, shell);
  const char* why = "";
  if (wants_shell && shell.path == nullptr)
    why = has_console ? " and there is no shell" : " and a shell would have no console";
  machine.log.alarm("the boot cannot go on%s: waiting; reset the machine", why);
  wait_for_ever(machine.sys);
}

}  // namespace linuxrc
