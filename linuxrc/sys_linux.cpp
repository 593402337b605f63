#include "linuxrc/sys_linux.hpp"

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/reboot.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

#include "linuxrc/sys_files.hpp"

namespace linuxrc {
namespace {

template <class Number>
Number checked(Number result) {
  return result < 0 ? static_cast<Number>(-errno) : result;
}

// The result of `call`, made until no signal interrupts it.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return checked(result);
}

// struct linux_dirent64 of getdents64(2), which no header declares.
struct DirectoryEntry {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length;
  std::uint8_t type;
  char name[1];
};

void take(const struct stat& from, FileFacts& facts) {
  facts.mode = from.st_mode;
  facts.device = from.st_dev;
  facts.node_device = from.st_rdev;
  facts.inode = from.st_ino;
  facts.size = static_cast<std::uint64_t>(from.st_size);
}

class LinuxSys final : public Sys {
 public:
  int mount(const char* source, const char* target, const char* type, unsigned long flags,
            const char* data) override {
    return checked(::mount(source, target, type, flags, data));
  }
  int umount2(const char* target, int flags) override { return checked(::umount2(target, flags)); }
  int pivot_root(const char* new_root, const char* put_old) override {
    return static_cast<int>(checked(::syscall(SYS_pivot_root, new_root, put_old)));
  }
  int chroot(const char* path) override { return checked(::chroot(path)); }
  int chdir(const char* path) override { return checked(::chdir(path)); }
  int fchdir(int fd) override { return checked(::fchdir(fd)); }

  int mkdir(const char* path, mode_t mode) override { return checked(::mkdir(path, mode)); }
  int mknod(const char* path, mode_t mode, dev_t device) override {
    return checked(::mknod(path, mode, device));
  }
  int symlink(const char* text, const char* path) override {
    return checked(::symlink(text, path));
  }
  int unlink(const char* path) override { return checked(::unlink(path)); }
  int rmdir(const char* path) override { return checked(::rmdir(path)); }
  int stat(const char* path, FileFacts& facts) override {
    struct stat found {};
    if (::stat(path, &found) != 0) return -errno;
    take(found, facts);
    return 0;
  }
  int lstat(const char* path, FileFacts& facts) override {
    struct stat found {};
    if (::lstat(path, &found) != 0) return -errno;
    take(found, facts);
    return 0;
  }
  int statfs_type(const char* path, std::uint64_t& magic) override {
    struct statfs found {};
    const int result = uninterrupted([&] { return ::statfs(path, &found); });
    if (result < 0) return result;
    magic = static_cast<std::uint32_t>(found.f_type);
    return 0;
  }
  int readlink(const char* path, char* buffer, std::size_t size) override {
    const ssize_t length = ::readlink(path, buffer, size);
    if (length < 0) return -errno;
    if (static_cast<std::size_t>(length) >= size) return -ENAMETOOLONG;
    buffer[length] = '\0';
    return static_cast<int>(length);
  }
  int list(const char* path, bool (*entry)(void*, const char*), void* context) override {
    const int fd = open(path, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) return fd;
    long length = 0;
    bool more = true;
    alignas(DirectoryEntry) char buffer[2048];
    while (more && (length = ::syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0) {
      for (long at = 0; more && at < length;) {
        const auto* const next = reinterpret_cast<const DirectoryEntry*>(buffer + at);
        at += next->length;
        if (std::strcmp(next->name, ".") != 0 && std::strcmp(next->name, "..") != 0)
          more = entry(context, next->name);
      }
    }
    const int result = length < 0 ? -errno : 0;
    ::close(fd);
    return result;
  }

  int open(const char* path, int flags, mode_t mode) override {
    return uninterrupted([&] { return ::open(path, flags | O_CLOEXEC, mode); });
  }
  int keep_on_exec(int fd) override { return checked(::fcntl(fd, F_SETFD, 0)); }
  int close(int fd) override {
    // Linux has closed it even when a signal came; again would hit somebody else's descriptor.
    const int result = checked(::close(fd));
    return result == -EINTR ? 0 : result;
  }
  ssize_t read(int fd, void* buffer, std::size_t size) override {
    return uninterrupted([&] { return ::read(fd, buffer, size); });
  }
  ssize_t pread(int fd, void* buffer, std::size_t size, std::uint64_t offset) override {
    return uninterrupted([&] { return ::pread(fd, buffer, size, static_cast<off_t>(offset)); });
  }
  int ftruncate(int fd, std::uint64_t bytes) override {
    return uninterrupted([&] { return ::ftruncate(fd, static_cast<off_t>(bytes)); });
  }
  int rewind(int fd) override { return ::lseek(fd, 0, SEEK_SET) == 0 ? 0 : -errno; }
  ssize_t write(int fd, const void* data, std::size_t size) override {
    return uninterrupted([&] { return ::write(fd, data, size); });
  }
  int dup2(int fd, int wanted) override {
    return uninterrupted([&] { return ::dup2(fd, wanted); });
  }
  int ioctl(int fd, unsigned long request, void* argument) override {
    // musl's request is an int, glibc's an unsigned long; the kernel takes 32 bits.
    return static_cast<int>(
        uninterrupted([&] { return ::syscall(SYS_ioctl, fd, request, argument); }));
  }
  void sync() override { ::sync(); }
  int reboot(unsigned command) override {
    return static_cast<int>(
        checked(::syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, command, nullptr)));
  }

  pid_t getpid() override { return ::getpid(); }
  pid_t fork() override { return checked(::fork()); }
  int execve(const char* path, const char* const* argv, const char* const* envp) override {
    // execve(2) does not write through its arguments; POSIX kept the old signature.
    return checked(::execve(path, const_cast<char* const*>(argv), const_cast<char* const*>(envp)));
  }
  pid_t wait_any(int& status) override { return checked(::waitpid(-1, &status, __WALL)); }
  pid_t poll_any(int& status) override { return checked(::waitpid(-1, &status, WNOHANG | __WALL)); }
  int kill_thread(pid_t pid, int signal) override {
    return checked(static_cast<int>(::syscall(SYS_tkill, pid, signal)));
  }
  void interrupt_every_ms(unsigned milliseconds) override {
    struct sigaction action {};
    action.sa_handler = milliseconds == 0 ? SIG_DFL : [](int) {};
    const timeval time{static_cast<time_t>(milliseconds / 1000),
                       static_cast<suseconds_t>(milliseconds % 1000 * 1000)};
    const itimerval timer{time, time};
    if (milliseconds != 0) (void)::sigaction(SIGALRM, &action, nullptr);  // valid arguments
    (void)::setitimer(ITIMER_REAL, &timer, nullptr);                      // valid arguments
    if (milliseconds == 0) (void)::sigaction(SIGALRM, &action, nullptr);  // valid arguments
  }
  int ptrace(int request, pid_t pid, std::uintptr_t address, std::uintptr_t data) override {
    return static_cast<int>(checked(::syscall(SYS_ptrace, request, pid, address, data)));
  }
  int setsid() override { return checked(::setsid()); }
  void reset_process_state() override {
    // The kernel's own call, with which all zeros mean SIG_DFL on every architecture: libc's takes
    // twice as long, and leaves out the signals that it keeps for itself.
    static const std::uint64_t all_default[8] = {};
    constexpr std::size_t mask_bytes = (NSIG - 1 + 7) / 8;
    for (int number = 1; number < NSIG; ++number)
      (void)::syscall(SYS_rt_sigaction, number, all_default, nullptr, mask_bytes);  // some refuse
    sigset_t none;
    ::sigemptyset(&none);
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr);  // cannot fail with a valid `how`
    ::umask(022);
  }
  [[noreturn]] void exit_now(int code) override { ::_exit(code); }

  int init_module(const void* image, std::size_t size, const char* parameters) override {
    return static_cast<int>(checked(::syscall(SYS_init_module, image, size, parameters)));
  }
  int load_compressed_module(int fd, const char* parameters) override {
#ifdef SYS_finit_module
    constexpr int compressed = 4;  // MODULE_INIT_COMPRESSED_FILE
    return static_cast<int>(checked(::syscall(SYS_finit_module, fd, parameters, compressed)));
#else
    (void)fd;
    (void)parameters;
    return -ENOSYS;
#endif
  }
  int delete_module(const char* name) override {
    return static_cast<int>(checked(::syscall(SYS_delete_module, name, O_NONBLOCK)));
  }
  int uname(utsname& names) override {
    return static_cast<int>(checked(::uname(&names)));
  }

  int open_uevents() override {
    const int fd =
        ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
    if (fd < 0) return -errno;
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = 1;  // what the kernel sends itself; udev repeats it in another group
    const int bound =
        checked(::bind(fd, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address));
    if (bound < 0) ::close(fd);
    return bound < 0 ? bound : fd;
  }
  int wait_readable(int fd, unsigned milliseconds) override {
    pollfd one{fd, POLLIN, 0};
    return checked(::poll(&one, 1, static_cast<int>(milliseconds)));
  }
  std::uint64_t page_size() override {
    return static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }
  void sleep_ms(unsigned milliseconds) override {
    timespec rest{static_cast<time_t>(milliseconds / 1000),
                  static_cast<long>(milliseconds % 1000) * 1000000L};
    while (::nanosleep(&rest, &rest) != 0 && errno == EINTR) {
    }
  }
  std::uint64_t now_ms() override {
    timespec now{};
    (void)::clock_gettime(CLOCK_MONOTONIC, &now);  // cannot fail with this clock
    return static_cast<std::uint64_t>(now.tv_sec) * 1000 +
           static_cast<std::uint64_t>(now.tv_nsec) / 1000000;
  }
  FileSys* files() override {
    return &linux_files();
  }
};

}  // namespace

Sys& linux_sys() {
  static LinuxSys sys;
  return sys;
}

}  // namespace linuxrc
