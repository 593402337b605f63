// Steps that start programs: this one again from memory, the image's /linuxrc, init.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>

#include "linuxrc/device.hpp"
#include "linuxrc/network.hpp"
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

// `name`, then what the kernel gave this program, and a null pointer.
void copy_arguments(const Machine& machine, const char* name, std::span<const char*> argv) {
  std::size_t count = 0;
  argv[count++] = name;
  for (const char* const* word = machine.argv + 1; *word != nullptr && count + 1 < argv.size();
       ++word)
    argv[count++] = *word;
  argv[count] = nullptr;
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

Status run_linuxrc(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  // The parent waits in a directory of its own root, from which ".." is what covers that root.
  const Status there = outcome(sys.chdir("/old"), "chdir /old");
  if (!there) return there;
  const pid_t child = sys.fork();
  if (child == 0) {
    become_linuxrc(machine, step);
    sys.exit_now(127);
  }
  if (child < 0) return Error::system(static_cast<int>(-child), "fork for /linuxrc");
  say_how_it_ended(machine.log, machine.stand_in != nullptr ? trace_linuxrc(machine, child)
                                                            : wait_for(machine, child));
  const Status back = take_back_root(machine);
  (void)sys.chdir("/");  // our own root: it always exists
  if (!back) return back;
  if (machine.facts.linuxrc == LinuxrcOutcome::returned) read_real_root(machine, step.source);
  return Done{};
}

Status exec_init(Machine& machine, const Step&) {
  static std::array<const char*, 256> argv;
  machine.sys.reset_process_state();
  for (;;) {
    const char* const init = machine.init.c_str();
    copy_arguments(machine, init, argv);
    machine.log.say("executing %s", init);
    const Status failed =
        outcome(machine.sys.execve(init, argv.data(), machine.envp), "execute %s", init);
    // As the kernel: what is not executable after all is followed by the next of its list.
    if (!choose_next_init(machine)) return failed;
    machine.log.warn("%s, going on with the next of the list", failed.error().text());
  }
}

}  // namespace linuxrc
