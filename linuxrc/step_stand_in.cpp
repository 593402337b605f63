// /proc/sys/kernel/real-root-dev where the kernel has none: Linux 7.0 removed it, and scripts of
// twenty years write to it. The image's /linuxrc is traced. Wherever it mounts /proc, a directory
// that has this file and leads to all the others is bound over sys/kernel; before it unmounts
// anything, that is taken off again.
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/ptrace.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "common/lines.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Status;

namespace {

constexpr unsigned feed_every_ms = 500;
constexpr const char* kernel_files = "/proc/sys/kernel";

// The numbers of a 32-bit program on a 64-bit kernel, the same on i386 and Arm.
constexpr std::uint64_t compat_mount = 21;
constexpr std::uint64_t compat_umount = 22;
constexpr std::uint64_t compat_umount2 = 52;
constexpr std::uint64_t move_mount_call = 429;  // everywhere but on MIPS

bool is_compat(std::uint32_t arch) {
  return sizeof(long) == 8 && (arch & __AUDIT_ARCH_64BIT) == 0;
}

bool is_mount(std::uint32_t arch, std::uint64_t number) {
  return number == (is_compat(arch) ? compat_mount : SYS_mount) || number == move_mount_call;
}

bool is_unmount(std::uint32_t arch, std::uint64_t number) {
  if (is_compat(arch)) return number == compat_umount || number == compat_umount2;
#ifdef SYS_umount
  if (number == SYS_umount) return true;
#endif
  return number == SYS_umount2;
}

// "\\040" of /proc/mounts is a blank.
Path unescaped(std::string_view text) {
  Path path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || text.size() - i < 4) {
      path.append("%c", text[i]);
      continue;
    }
    path.append("%c", static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                        (text[i + 3] - '0')));
    i += 3;
  }
  return path;
}

class Tracer {
 public:
  Tracer(Machine& machine, pid_t child) : machine_(machine), child_(child) {}

  // A process that sleeps makes no calls, and the watchdog goes on.
  int run() {
    if (machine_.watchdog.is_open()) machine_.sys.interrupt_every_ms(feed_every_ms);
    const int status = follow();
    if (machine_.watchdog.is_open()) machine_.sys.interrupt_every_ms(0);
    return status;
  }

 private:
  // One process or thread that is traced.
  struct Process {
    pid_t pid = 0;  // 0: free
    bool changes_mounts = false;
  };

  int follow() {
    for (;;) {
      int status = 0;
      const pid_t pid = machine_.sys.wait_any(status);
      machine_.watchdog.feed();
      if (pid == -EINTR) continue;
      if (pid < 0) return status;
      if (WIFSTOPPED(status)) {
        stopped(pid, status);
      } else {
        forget(pid);
        if (pid != child_) continue;
        break_off();
        return status;
      }
    }
  }

  Process* find(pid_t pid) {
    const auto found = std::find_if(processes_.begin(), processes_.end(),
                                    [pid](const Process& each) { return each.pid == pid; });
    return found == processes_.end() ? nullptr : &*found;
  }
  void forget(pid_t pid) {
    if (Process* const known = find(pid)) *known = {};
  }

  void stopped(pid_t pid, int status) {
    const int signal = WSTOPSIG(status);
    const unsigned event = static_cast<unsigned>(status) >> 16;
    Process* known = find(pid);
    if (known == nullptr) {
      known = find(0);
      if (known == nullptr) {  // more than there is room for: those go on untraced
        (void)machine_.sys.ptrace(PTRACE_DETACH, pid, 0, 0);
        return;
      }
      *known = {pid, false};
      begin(pid);
      go_on(pid, 0);  // the stop of its exec, or the one that every new process begins with
      return;
    }
    if (signal == (SIGTRAP | 0x80)) {
      at_call(*known);
      go_on(pid, 0);
    } else if (event != 0) {
      if (event == PTRACE_EVENT_EXIT && pid == child_) take_off(pid);
      go_on(pid, 0);
    } else {
      go_on(pid, signal);
    }
  }

  void begin(pid_t pid) {
    constexpr std::uintptr_t options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
                                       PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                                       PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT;
    // New processes inherit them.
    if (pid == child_) (void)machine_.sys.ptrace(PTRACE_SETOPTIONS, pid, 0, options);
  }

  // A process that has died meanwhile is waited for as any other.
  void go_on(pid_t pid, int signal) {
    const auto number = static_cast<std::uintptr_t>(signal);
    (void)machine_.sys.ptrace(PTRACE_SYSCALL, pid, 0, number);
  }

  void at_call(Process& process) {
    ptrace_syscall_info info{};
    if (machine_.sys.ptrace(PTRACE_GET_SYSCALL_INFO, process.pid, sizeof info,
                            reinterpret_cast<std::uintptr_t>(&info)) < 0)
      return;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
      const bool unmounts = is_unmount(info.arch, info.entry.nr);
      process.changes_mounts = unmounts || is_mount(info.arch, info.entry.nr);
      if (unmounts) take_off(process.pid);
    } else if (info.op == PTRACE_SYSCALL_INFO_EXIT && process.changes_mounts) {
      process.changes_mounts = false;
      put_on(process.pid);
    }
  }

  // Calls visit(path) for sys/kernel of every /proc that the process sees, named from our root.
  template <class Visit>
  void each_proc(pid_t pid, Visit visit) {
    static char text[16384];
    Path mounts;
    mounts.append("/proc/%d/mounts", static_cast<int>(pid));
    const auto length = read_text(machine_.sys, mounts.c_str(), text);
    if (!length) return;  // it has died
    std::string_view rest{text, *length};
    while (const auto line = common::next_line(rest)) {
      const auto source_end = line->find(' ');
      const auto path_end = line->find(' ', source_end + 1);
      if (source_end == std::string_view::npos || path_end == std::string_view::npos) continue;
      if (!line->substr(path_end + 1).starts_with("proc ")) continue;
      const Path point = unescaped(line->substr(source_end + 1, path_end - source_end - 1));
      Path folder;
      folder.append("/proc/%d/root%s/sys/kernel", static_cast<int>(pid), point.c_str());
      visit(folder.c_str());
    }
  }

  bool has_stand_in(const char* folder) {
    FileFacts here;
    FileFacts ours;
    return machine_.sys.stat(folder, here) >= 0 &&
           machine_.sys.stat(machine_.stand_in, ours) >= 0 && here.device == ours.device;
  }

  void put_on(pid_t pid) {
    each_proc(pid, [&](const char* folder) {
      FileFacts facts;
      if (machine_.sys.stat(folder, facts) < 0 || has_stand_in(folder)) return;
      const int result =
          machine_.sys.mount(machine_.stand_in, folder, nullptr, MS_BIND | MS_REC, nullptr);
      if (result < 0)
        machine_.log.warn("%s, going on without real-root-dev",
                          outcome(result, "bind mount on %s", folder).error().text());
    });
  }

  void take_off(pid_t pid) {
    each_proc(pid, [&](const char* folder) {
      if (has_stand_in(folder)) (void)machine_.sys.umount2(folder, MNT_DETACH);  // else it is busy
    });
  }

  // What /linuxrc has left running goes on without us. Only a process that stands still can be let
  // go.
  void break_off() {
    for (Process& process : processes_)
      if (process.pid != 0 && machine_.sys.kill_thread(process.pid, SIGSTOP) < 0) process = {};
    while (std::any_of(processes_.begin(), processes_.end(),
                       [](const Process& process) { return process.pid != 0; })) {
      int status = 0;
      const pid_t pid = machine_.sys.wait_any(status);
      machine_.watchdog.feed();
      if (pid == -EINTR) continue;
      if (pid < 0) return;
      const bool is_stop = WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP;
      if (is_stop) (void)machine_.sys.ptrace(PTRACE_DETACH, pid, 0, 0);
      if (is_stop || !WIFSTOPPED(status))
        forget(pid);
      else
        go_on(pid,
              WSTOPSIG(status) == (SIGTRAP | 0x80) || status >> 16 != 0 ? 0 : WSTOPSIG(status));
    }
    let_newest_go();
  }

  // One that was begun in that moment has yet to say that it stands still. Without children that
  // are left this ends at once.
  void let_newest_go() {
    for (int turn = 0; turn < 10; ++turn) {
      int status = 0;
      const pid_t pid = machine_.sys.poll_any(status);
      if (pid < 0) return;
      if (pid > 0 && WIFSTOPPED(status))
        (void)machine_.sys.ptrace(PTRACE_DETACH, pid, 0, 0);
      else if (pid == 0)
        machine_.sys.sleep_ms(5);
    }
  }

  Machine& machine_;
  pid_t child_;
  std::array<Process, 128> processes_{};
};

struct Links {
  Sys& sys;
  const char* folder;

  static bool entry(void* context, const char* name) {
    const auto* const self = static_cast<const Links*>(context);
    Path path;
    Path text;
    path.append("%s/%s", self->folder, name);
    text.append(".kernel/%s", name);
    (void)self->sys.symlink(text.c_str(), path.c_str());  // one file less
    return true;
  }
};

}  // namespace

Status make_stand_in(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  Path file;
  file.append("%s/real-root-dev", step.target);
  Path kernel;
  kernel.append("%s/.kernel", step.target);
  Status done = mount_workspace(machine, step);
  // From here on it is mounted, whatever fails.
  if (done) note_done(machine, {.op = Op::mount, .target = step.target});
  if (done) done = outcome(sys.mkdir(kernel.c_str(), 0755), "mkdir %s", kernel.c_str());
  if (done)
    done = outcome(sys.mount(kernel_files, kernel.c_str(), nullptr, MS_BIND, nullptr),
                   "bind mount %s on %s", kernel_files, kernel.c_str());
  if (done) {
    Links links{sys, step.target};
    done = outcome(sys.list(kernel_files, Links::entry, &links), "list %s", kernel_files);
  }
  const int fd = done ? sys.open(file.c_str(), O_WRONLY | O_CREAT, 0644) : -1;
  if (!done) return done;
  if (fd < 0) return outcome(fd, "open %s", file.c_str());
  done = outcome(write_full(sys, fd, "0\n"), "write %s", file.c_str());
  (void)sys.close(fd);  // a file in memory
  if (done) machine.stand_in = step.target;
  return done;
}

int trace_linuxrc(Machine& machine, pid_t child) {
  return Tracer(machine, child).run();
}

}  // namespace linuxrc
