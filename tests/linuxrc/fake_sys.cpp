// FakeSys: bookkeeping, processes and the run itself. Files are in fake_sys_files.cpp.
#include "tests/linuxrc/fake_sys.hpp"

#include <linux/reboot.h>
#include <sys/ptrace.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "linuxrc/boot.hpp"
#include "tests/linuxrc/errnos.hpp"

namespace linuxrc::fake {

namespace {

constexpr std::size_t most_calls = 3000;
constexpr pid_t orphan = 39;
// Its parent has ended without waiting for it.
constexpr pid_t left_child = 38;
constexpr std::size_t path_end = std::string_view::npos;

std::vector<const char*> pointers(const std::vector<std::string>& words) {
  std::vector<const char*> list(words.size() + 1, nullptr);
  std::ranges::transform(words, list.begin(), [](const std::string& word) { return word.c_str(); });
  return list;
}

bool is_ipconfig(std::string_view path) {
  return path.ends_with("/ipconfig");
}

std::vector<std::string> strings(const char* const* words) {
  std::vector<std::string> list;
  for (; *words != nullptr; ++words) list.emplace_back(*words);
  return list;
}

}  // namespace

const char* name_of(Call call) {
  static constexpr const char* names[] = {
      "mount",      "umount2", "pivot_root", "chroot",      "chdir",         "fchdir",
      "mkdir",      "mknod",   "symlink",    "unlink",      "rmdir",         "stat",
      "lstat",      "statfs",  "readlink",   "getdents",    "open",          "fcntl",
      "close",      "read",    "pread",      "lseek",       "ftruncate",     "write",
      "dup2",       "ioctl",   "fork",       "execve",      "waitpid",       "reboot",
      "kill",       "ptrace",  "setsid",     "init_module", "delete_module", "uname",
      "load_image", "rename",  "socket",     "poll",        "fstat",         "link",
      "lchown",     "chmod",   "utimensat",  "llistxattr",  "lgetxattr",     "lsetxattr",
      "pwrite",     "syncfs"};
  static_assert(std::size(names) == static_cast<std::size_t>(Call::count));
  return names[static_cast<std::size_t>(call)];
}

const char* name_of(End end) {
  static constexpr const char* names[] = {"none",   "init",     "shell",  "waiting", "rebooted",
                                          "halted", "returned", "exited", "stuck"};
  return names[static_cast<std::size_t>(end)];
}

int FakeSys::enter(Call call, const std::string& text) {
  const unsigned occurrence = ++counts_[static_cast<std::size_t>(call)];
  trace.push_back({call, occurrence, text, 0, false, in_child_, console.size(),
                   kernel_.main.view.root.mount->fs});
  if (trace.size() > most_calls) end(End::stuck);
  injected_ = false;
  for (const Fault& fault : faults) {
    if (fault.call != call || fault.occurrence != occurrence) continue;
    injected_ = true;
    trace.back().injected = true;
    trace.back().result = -fault.error;
    return -fault.error;
  }
  return 0;
}

int FakeSys::done(int result) {
  trace.back().result = result;
  return result;
}

OpenFile* FakeSys::file(int fd) {
  const auto found = process().files.find(fd);
  return found == process().files.end() ? nullptr : &found->second;
}

void FakeSys::say(std::string_view text) {
  line_ += text;
  for (auto end = line_.find('\n'); end != std::string::npos; end = line_.find('\n')) {
    console.push_back(line_.substr(0, end));
    line_.erase(0, end + 1);
  }
}

void FakeSys::leave(Request request) {
  request_ = request;
  coroutine_.leave();
  std::abort();  // never resumed
}

void FakeSys::end(End how) {
  outcome_.end = how;
  leave(Request::ended);
}

pid_t FakeSys::fork() {
  if (const int failed = enter(Call::fork, "fork"); failed < 0) return failed;
  const pid_t pid = next_pid_++;
  (void)done(pid);
  request_ = Request::fork;
  coroutine_.leave();
  return in_child_ ? 0 : pid;
}

int FakeSys::check_program(const char* path, Place& found) {
  const int result = kernel_.tree.walk(process().view, path, true, found);
  if (result < 0) return result;
  if (!S_ISREG(found.node->mode) || (found.node->mode & 0111) == 0) return -EACCES;
  const std::string_view text = found.node->content;
  if (text.starts_with("#!")) {
    Place interpreter;
    std::string_view name = text.substr(2, text.find('\n') - 2);
    name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
    return kernel_.tree.walk(process().view, name.substr(0, name.find_first_of(" \t")), true,
                             interpreter);
  }
  return text.starts_with("\177ELF") ? 0 : -ENOEXEC;
}

void FakeSys::execute(const char* path, const Place& program, const char* const* argv,
                      const char* const* envp) {
  Outcome started{End::init, 0, path, strings(argv), strings(envp), process().view};
  std::erase_if(process().files, [](const auto& entry) { return entry.second.close_on_exec; });
  process().program = program;
  if (in_child_ && is_ipconfig(started.path)) {
    network_start = std::move(started);
    return;
  }
  if (in_child_ && started.path != "/linuxrc") started.end = End::shell;
  (in_child_ && started.end == End::init ? child_start : outcome_) = std::move(started);
}

int FakeSys::execve(const char* path, const char* const* argv, const char* const* envp) {
  if (const int failed = enter(Call::execve, std::string("execve ") + path); failed < 0)
    return failed;
  executions.push_back({in_child_, path, strings(argv)});
  Place program;
  if (const int failed = check_program(path, program); failed < 0) return done(failed);
  const bool own = program.node->content == Kernel::own_program;
  if (in_child_ && kernel_.mkfs_program && std::string_view(path).find("/mkfs.") != path_end) {
    ended_.emplace_back(kernel_.child.pid, kernel_.mkfs_program(kernel_));
    leave(Request::child_ended);
  }
  execute(path, program, argv, envp);
  // No owner of memory may be alive on this stack from here on: it is left for ever.
  if (!in_child_) leave(own ? Request::execute_again : Request::ended);
  if (outcome_.end == End::shell) leave(Request::ended);
  if (process().traced) ended_.emplace_back(kernel_.child.pid, (SIGTRAP << 8) | 0x7f);
  ended_.emplace_back(orphan, 0);
  const auto& run = is_ipconfig(path) ? kernel_.network_program : kernel_.linuxrc_program;
  ended_.emplace_back(kernel_.child.pid, run ? run(kernel_) : 0);
  ended_.emplace_back(left_child, 0);
  leave(Request::child_ended);
}

void FakeSys::exit_now(int code) {
  if (in_child_) {
    ended_.emplace_back(kernel_.child.pid, code << 8);
    leave(Request::child_ended);
  }
  outcome_.code = code;
  end(End::exited);
}

pid_t FakeSys::wait_any(int& status) {
  if (const int failed = enter(Call::waitpid, "waitpid"); failed < 0) return failed;
  // Whoever is traced sleeps first, for three alarms.
  if (interrupt_ms_ != 0 && interrupts_++ < 3) {
    kernel_.now_ms += interrupt_ms_;
    return done(-EINTR);
  }
  if (ended_.empty()) return done(-ECHILD);
  const auto [pid, how] = ended_.front();
  ended_.erase(ended_.begin());
  status = how;
  return done(pid);
}

// Children of the fake have always ended when the parent looks.
pid_t FakeSys::poll_any(int& status) {
  return wait_any(status);
}

int FakeSys::reboot(unsigned command) {
  if (const int failed = enter(Call::reboot, "reboot"); failed < 0) return failed;
  end(command == LINUX_REBOOT_CMD_HALT ? End::halted : End::rebooted);
}

int FakeSys::kill_thread(pid_t pid, int signal) {
  const std::string text = "kill " + std::to_string(pid) + " " + std::to_string(signal);
  const int failed = enter(Call::kill, text);
  return failed < 0 ? failed : done(-ESRCH);  // whoever it is meant for has ended
}

int FakeSys::ptrace(int request, pid_t pid, std::uintptr_t, std::uintptr_t) {
  const std::string text = "ptrace " + std::to_string(request) + " " + std::to_string(pid);
  if (const int failed = enter(Call::ptrace, text); failed < 0) return failed;
  if (kernel_.version().before(2, 6, 0)) return done(-EPERM);
  if (request == PTRACE_TRACEME) process().traced = true;
  return 0;
}

int FakeSys::setsid() {
  if (const int failed = enter(Call::setsid, "setsid"); failed < 0) return failed;
  process().own_session = true;
  return done(process().pid);
}

Outcome FakeSys::run(ImageLoader& loader, std::vector<std::string> argv,
                     std::vector<std::string> envp) {
  const auto begin = [&] {
    coroutine_.start([&] {
      {
        const auto arguments = pointers(argv);
        const auto environment = pointers(envp);
        Log log(*this);
        Watchdog watchdog(*this);
        outcome_.code = boot(log, watchdog, loader, arguments.data(), environment.data());
      }
      end(End::returned);
    });
  };
  begin();
  for (;;) {
    coroutine_.resume();
    switch (request_) {
      case Request::fork:
        coroutine_.save();
        kernel_.child = kernel_.main;
        kernel_.child.pid = next_pid_ - 1;
        kernel_.child_lives = in_child_ = true;
        break;
      case Request::child_ended:
        coroutine_.restore();
        kernel_.child_lives = in_child_ = false;
        break;
      case Request::execute_again:
        argv = outcome_.argv;
        envp = outcome_.envp;
        outcome_ = {};
        begin();
        break;
      case Request::none:
      case Request::ended:
        return outcome_;
    }
  }
}

}  // namespace linuxrc::fake
