// Steps that start programs: this one again from memory, init.
#include <fcntl.h>

#include <array>
#include <cerrno>

#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Status;

namespace {

Status copy_file(Sys& sys, const char* from, const char* to) {
  const int input = sys.open(from, O_RDONLY, 0);
  if (input < 0) return Error::system(-input, "open %s", from);
  const int output = sys.open(to, O_WRONLY | O_CREAT | O_TRUNC, 0700);
  if (output < 0) {
    (void)sys.close(input);  // read only
    return Error::system(-output, "open %s", to);
  }
  Status status = Done{};
  static std::array<char, 65536> buffer;
  while (status) {
    const ssize_t got = sys.read(input, buffer.data(), buffer.size());
    if (got == 0) break;
    if (got < 0) status = outcome(static_cast<int>(got), "read %s", from);
    if (got > 0)
      status = outcome(write_full(sys, output, {buffer.data(), static_cast<std::size_t>(got)}),
                       "write %s", to);
  }
  (void)sys.close(input);  // read only
  const int closed = sys.close(output);
  return status ? outcome(closed, "close %s", to) : status;
}

// `name`, then what the kernel gave this program, and a null pointer.
void copy_arguments(const Machine& machine, const char* name, std::span<const char*> argv) {
  std::size_t count = 0;
  argv[count++] = name;
  for (const char* const* word = machine.argv + 1; *word != nullptr && count + 1 < argv.size();
       ++word)
    argv[count++] = *word;
  argv[count] = nullptr;
}

// Children of /linuxrc that it has not waited for are PID 1's when it has ended.
void reap(Sys& sys) {
  pid_t ended = 0;
  do {
    int status = 0;
    ended = sys.poll_any(status);
  } while (ended > 0 || ended == -EINTR);
}

}  // namespace

int wait_for(Machine& machine, pid_t child) {
  constexpr unsigned poll_ms = 100;
  Sys& sys = machine.sys;
  for (;;) {
    int status = 0;
    const bool feeds = machine.watchdog.is_open();
    const pid_t ended = feeds ? sys.poll_any(status) : sys.wait_any(status);
    if (feeds && ended == 0) {
      machine.watchdog.sleep_ms(poll_ms);
      continue;
    }
    if (ended == child || (ended < 0 && ended != -EINTR)) return status;
  }
}

Status run_from_memory(Machine& machine, const Step& step) {
  Path self;
  self.append("%s/proc/self/exe", machine.facts.work.c_str());
  const Status copied = copy_file(machine.sys, self.c_str(), step.target);
  if (!copied) return copied;
  static std::array<const char*, 256> argv;
  copy_arguments(machine, step.target, argv);
  return outcome(machine.sys.execve(step.target, argv.data(), machine.envp), "execute %s",
                 step.target);
}

Status exec_init(Machine& machine, const Step&) {
  static std::array<const char*, 256> argv;
  reap(machine.sys);
  machine.sys.reset_process_state();
  for (;;) {
    const char* const init = machine.init.c_str();
    copy_arguments(machine, init, argv);
    machine.log.say("executing %s", init);
    const Status failed =
        outcome(machine.sys.execve(init, argv.data(), machine.envp), "execute %s", init);
    // As the kernel: what is not executable after all is followed by the next of its list.
    if (!choose_next_init(machine, failed.error())) return failed;
  }
}

}  // namespace linuxrc
