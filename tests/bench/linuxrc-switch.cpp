// PID 1 of the machine of tests/bench/linuxrc-switch. Each sample is a switch of roots in a mount
// and PID namespace of its own, whose / is a tmpfs: by klibc's run-init, after a mount(2) of the
// root, and by linuxrc, which mounts it itself. As the new root's init it notes the time and ends.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

namespace {

constexpr int note_fd = 9;  // where the new root's init writes the time
constexpr const char* root_device = "/dev/ram1";

[[noreturn]] void give_up(const char* what) {
  std::printf("BENCH failed: %s: %s\n", what, std::strerror(errno));
  std::fflush(stdout);
  if (::getpid() == 1) ::reboot(RB_POWER_OFF);
  ::_exit(1);
}

void must(int result, const char* what) {
  if (result < 0) give_up(what);
}

// "a.ko,b.ko": the modules of the RAM disk and of ext2, in order.
void load_modules(char* list) {
  for (char* name = std::strtok(list, ","); name != nullptr; name = std::strtok(nullptr, ",")) {
    const int fd = ::open(name, O_RDONLY | O_CLOEXEC);
    must(fd, name);
    must(static_cast<int>(::syscall(SYS_finit_module, fd, "", 0)), name);
    ::close(fd);
  }
}

std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

void copy(const char* from, const char* to) {
  const int in = ::open(from, O_RDONLY);
  const int out = ::open(to, O_WRONLY | O_CREAT, 0755);
  if (in < 0 || out < 0) give_up(to);
  std::array<char, 65536> buffer;
  for (ssize_t length = 0; (length = ::read(in, buffer.data(), buffer.size())) > 0;)
    if (::write(out, buffer.data(), static_cast<std::size_t>(length)) != length) give_up(to);
  ::close(in);
  ::close(out);
}

// The initramfs that both find: the programs, a console and mount points.
void make_initramfs(const char* run_init_library) {
  must(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make / private");
  must(::mount("tmpfs", "/t", "tmpfs", 0, nullptr), "mount /t");
  for (const char* folder : {"/t/dev", "/t/root", "/t/lib", "/t/proc"})
    must(::mkdir(folder, 0755), folder);
  must(::mknod("/t/dev/console", S_IFCHR | 0600, makedev(5, 1)), "mknod console");
  must(::mknod("/t/dev/ram1", S_IFBLK | 0600, makedev(1, 1)), "mknod ram1");
  copy("/linuxrc", "/t/init");
  copy("/run-init", "/t/run-init");
  char library[256];
  std::snprintf(library, sizeof library, "/t%s", run_init_library);
  copy(run_init_library, library);
  must(::chdir("/t"), "chdir");
  must(::mount(".", "/", nullptr, MS_MOVE, nullptr), "move /t");
  must(::chroot("."), "chroot");
  must(::chdir("/"), "chdir /");
}

void start(bool peer) {
  const std::int64_t begin = now_ns();
  if (::write(note_fd, &begin, sizeof begin) != sizeof begin) give_up("note");
  if (peer) {
    must(::mount(root_device, "/root", "ext2", 0, nullptr), "mount the root");
    ::execl("/run-init", "run-init", "/root", "/sbin/init", nullptr);
  } else {
    ::execl("/init", "/init", nullptr);
  }
  give_up("exec");
}

// Nanoseconds from one exec to the other.
std::int64_t sample(bool peer, const char* library) {
  int ends[2];
  must(::pipe(ends), "pipe");
  const auto child =
      static_cast<pid_t>(::syscall(SYS_clone, CLONE_NEWNS | CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0));
  must(child, "clone");
  if (child == 0) {
    must(::dup2(ends[1], note_fd), "dup2");
    make_initramfs(library);
    start(peer);
  }
  ::close(ends[1]);
  std::int64_t times[2] = {};
  const ssize_t first = ::read(ends[0], &times[0], sizeof times[0]);
  const ssize_t second = ::read(ends[0], &times[1], sizeof times[1]);
  if (first != sizeof times[0] || second != sizeof times[1]) give_up("the switch");
  ::close(ends[0]);
  must(::waitpid(child, nullptr, 0), "waitpid");
  return times[1] - times[0];
}

// Waits until `child` stops, and gives the nanoseconds from `resumed` to that.
std::int64_t next_stop(pid_t child, int& status) {
  const std::int64_t resumed = now_ns();
  must(::waitpid(child, &status, __WALL), "waitpid");
  return now_ns() - resumed;
}

// Prints what each system call of one switch takes, "CALL who number outside inside", in
// nanoseconds: of the program before it, and of the kernel. The tracer's own share is in both, as
// much as the cheapest call shows.
void trace(bool peer, const char* library) {
  const char* const who = peer ? "run-init" : "linuxrc";
  int go[2];
  must(::pipe2(go, O_CLOEXEC), "pipe");
  const auto child =
      static_cast<pid_t>(::syscall(SYS_clone, CLONE_NEWNS | CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0));
  must(child, "clone");
  if (child == 0) {
    must(::dup2(go[1], note_fd), "dup2");  // nobody reads the times
    make_initramfs(library);
    char byte = 0;
    if (::read(go[0], &byte, 1) != 1) give_up("go");
    start(peer);
  }
  constexpr long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  must(static_cast<int>(::ptrace(PTRACE_SEIZE, child, 0, options)), "ptrace");
  if (::write(go[1], "", 1) != 1) give_up("go");
  int status = 0;
  (void)next_stop(child, status);  // the first execve(2), and what was made ready before it
  std::int64_t outside = 0;
  bool inside = true;  // first of all execve(2) ends
  for (bool is_exec = false; WIFSTOPPED(status) && !is_exec; inside = !inside) {
    must(static_cast<int>(::ptrace(PTRACE_SYSCALL, child, 0, 0)), "ptrace");
    const std::int64_t taken = next_stop(child, status);
    is_exec = WIFSTOPPED(status) && status >> 16 == PTRACE_EVENT_EXEC;
    user_regs_struct registers{};
    if (::ptrace(PTRACE_GETREGS, child, 0, &registers) != 0) break;
    if (inside)
      std::printf("CALL %s %lld %lld %lld\n", who, static_cast<long long>(registers.orig_rax),
                  static_cast<long long>(outside), static_cast<long long>(taken));
    outside = taken;
  }
  (void)::ptrace(PTRACE_CONT, child, 0, 0);
  ::close(go[0]);
  ::close(go[1]);
  must(::waitpid(child, nullptr, 0), "waitpid");
}

void print(const char* who, std::vector<std::int64_t> all) {
  std::sort(all.begin(), all.end());
  std::printf("BENCH %s %zu %lld %lld\n", who, all.size(), static_cast<long long>(all.front()),
              static_cast<long long>(all[all.size() / 2]));
}

}  // namespace

int main(int argc, char** argv) {
  if (::fcntl(note_fd, F_GETFD) >= 0) {  // the new root's init
    const std::int64_t end = now_ns();
    return ::write(note_fd, &end, sizeof end) == sizeof end ? 0 : 1;
  }
  static_cast<void>(argc);
  static_cast<void>(argv);
  const char* const repetitions = std::getenv("repetitions");  // from the kernel's command line
  const char* const library = std::getenv("library");
  if (repetitions == nullptr || library == nullptr) give_up("the command line");
  if (char* const modules = std::getenv("modules"); modules != nullptr) load_modules(modules);
  copy("/root.image", root_device);
  if (std::getenv("calls") != nullptr)
    for (int i = 0; i < 3; ++i)  // the first fills the caches
      for (const bool of_peer : {true, false}) trace(of_peer, library);
  std::vector<std::int64_t> peer;
  std::vector<std::int64_t> ours;
  for (int i = std::atoi(repetitions); i-- > 0;) {
    peer.push_back(sample(true, library));
    ours.push_back(sample(false, library));
  }
  print("run-init", peer);
  print("linuxrc", ours);
  std::fflush(stdout);
  ::reboot(RB_POWER_OFF);
}
