// The real kernel, by the system calls that Linux 2.4.0 has on i386 and by no other: what the tiny
// build makes them with. libc's own functions ask for calls of later kernels first (statx,
// statfs64, clock_gettime64, exit_group), and not all of them fall back.
// tests/linuxrc/linux-2.4.0-calls is the table; the test linuxrc.tiny.calls compares.
#include <asm/unistd_32.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <type_traits>

#include "linuxrc/sys_linux.hpp"

#ifndef __i386__
#error "These are the calls of i386"
#endif

namespace linuxrc {
namespace {

// Numbers and pointers as the kernel takes them: 32 bits.
template <class T>
long word(T value) {
  if constexpr (std::is_pointer_v<T>)
    return reinterpret_cast<long>(value);
  else
    return static_cast<long>(value);
}
long word(std::nullptr_t) {
  return 0;
}

// The result, or -errno. One function, not inlined: the number is loaded in one place for each
// call, where the test finds it.
[[gnu::noinline]] int raw(long number, long a, long b, long c, long d, long e) {
  long result = number;
  __asm__ volatile("int $0x80" : "+a"(result) : "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
  return static_cast<int>(result);
}

// Most calls take two arguments at most, which all fit into registers.
[[gnu::noinline]] int raw(long number, long a, long b) {
  return raw(number, a, b, 0, 0, 0);
}

template <class... Arguments>
int call(long number, Arguments... arguments) {
  if constexpr (sizeof...(arguments) == 0)
    return raw(number, 0, 0);
  else if constexpr (sizeof...(arguments) == 1)
    return raw(number, word(arguments)..., 0);
  else if constexpr (sizeof...(arguments) == 2)
    return raw(number, word(arguments)...);
  else if constexpr (sizeof...(arguments) == 3)
    return raw(number, word(arguments)..., 0, 0);
  else if constexpr (sizeof...(arguments) == 4)
    return raw(number, word(arguments)..., 0);
  else
    return raw(number, word(arguments)...);
}

// Made until no signal interrupts it.
template <class... Arguments>
int uninterrupted(long number, Arguments... arguments) {
  int result = 0;
  do result = call(number, arguments...);
  while (result == -EINTR);
  return result;
}

// struct stat64 of arch/x86/include/uapi/asm/stat.h. 2.4 fills 16 bits of the device numbers; the
// rest is zero.
struct Stat64 {
  std::uint64_t device;
  std::uint32_t padding_0;
  std::uint32_t inode;  // the one at the end is missing in early kernels
  std::uint32_t mode, links, user, group;
  std::uint64_t node_device;
  std::uint32_t padding_3;
  std::uint64_t size;
  std::uint32_t block_size;
  std::uint64_t blocks;
  std::uint32_t times[6];
  std::uint64_t whole_inode;
};
static_assert(sizeof(Stat64) == 96);

int take_stat(long number, const char* path, FileFacts& facts) {
  Stat64 found{};
  const int result = call(number, path, &found);
  if (result < 0) return result;
  facts.mode = found.mode;
  facts.device = found.device;
  facts.node_device = found.node_device;
  facts.inode = found.inode;
  facts.size = found.size;
  return 0;
}

// struct linux_dirent64 of getdents64(2).
struct DirectoryEntry {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length;
  std::uint8_t type;
  char name[1];
};

// struct sigaction of arch/x86/include/uapi/asm/signal.h.
struct SignalAction {
  long handler;
  unsigned long flags;
  long restorer;
  std::uint64_t mask;
};

class OldLinuxSys final : public Sys {
 public:
  int mount(const char* source, const char* target, const char* type, unsigned long flags,
            const char* data) override {
    return call(__NR_mount, source, target, type, flags, data);
  }
  int umount2(const char* target, int flags) override { return call(__NR_umount2, target, flags); }
  int pivot_root(const char* new_root, const char* put_old) override {
    return call(__NR_pivot_root, new_root, put_old);
  }
  int chroot(const char* path) override { return call(__NR_chroot, path); }
  int chdir(const char* path) override { return call(__NR_chdir, path); }
  int fchdir(int fd) override { return call(__NR_fchdir, fd); }

  int mkdir(const char* path, mode_t mode) override { return call(__NR_mkdir, path, mode); }
  int mknod(const char* path, mode_t mode, dev_t device) override {
    return call(__NR_mknod, path, mode, static_cast<unsigned long>(device));
  }
  int symlink(const char* text, const char* path) override {
    return call(__NR_symlink, text, path);
  }
  int unlink(const char* path) override { return call(__NR_unlink, path); }
  int rmdir(const char* path) override { return call(__NR_rmdir, path); }
  int stat(const char* path, FileFacts& facts) override {
    return take_stat(__NR_stat64, path, facts);
  }
  int lstat(const char* path, FileFacts& facts) override {
    return take_stat(__NR_lstat64, path, facts);
  }
  int statfs_type(const char* path, std::uint64_t& magic) override {
    std::uint32_t found[16] = {};  // struct statfs; f_type is its first member
    const int result = uninterrupted(__NR_statfs, path, found);
    magic = found[0];
    return result;
  }
  int readlink(const char* path, char* buffer, std::size_t size) override {
    const int length = call(__NR_readlink, path, buffer, size);
    if (length < 0) return length;
    if (static_cast<std::size_t>(length) >= size) return -ENAMETOOLONG;
    buffer[length] = '\0';
    return length;
  }
  int list(const char* path, bool (*entry)(void*, const char*), void* context) override {
    const int fd = open(path, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) return fd;
    int length = 0;
    bool more = true;
    alignas(DirectoryEntry) char buffer[2048];
    while (more && (length = call(__NR_getdents64, fd, buffer, sizeof buffer)) > 0) {
      for (int at = 0; more && at < length;) {
        const auto* const next = reinterpret_cast<const DirectoryEntry*>(buffer + at);
        at += next->length;
        if (std::strcmp(next->name, ".") != 0 && std::strcmp(next->name, "..") != 0)
          more = entry(context, next->name);
      }
    }
    (void)close(fd);  // a directory
    return length < 0 ? length : 0;
  }

  int open(const char* path, int flags, mode_t mode) override {
    const int fd = uninterrupted(__NR_open, path, flags | O_CLOEXEC | O_LARGEFILE, mode);
    // Before 2.6.23 the flag of open(2) means nothing.
    if (fd >= 0) (void)call(__NR_fcntl, fd, F_SETFD, FD_CLOEXEC);  // cannot fail for an open one
    return fd;
  }
  int keep_on_exec(int fd) override { return call(__NR_fcntl, fd, F_SETFD, 0); }
  int close(int fd) override {
    // Linux has closed it even when a signal came; again would hit somebody else's descriptor.
    const int result = call(__NR_close, fd);
    return result == -EINTR ? 0 : result;
  }
  ssize_t read(int fd, void* buffer, std::size_t size) override {
    return uninterrupted(__NR_read, fd, buffer, size);
  }
  // What needs these two is not in this build.
  ssize_t pread(int, void*, std::size_t, std::uint64_t) override { return -ENOSYS; }
  int ftruncate(int, std::uint64_t) override { return -ENOSYS; }
  int rewind(int fd) override { return call(__NR_lseek, fd, 0, SEEK_SET); }
  ssize_t write(int fd, const void* data, std::size_t size) override {
    return uninterrupted(__NR_write, fd, data, size);
  }
  int dup2(int fd, int wanted) override { return uninterrupted(__NR_dup2, fd, wanted); }
  int ioctl(int fd, unsigned long request, void* argument) override {
    return uninterrupted(__NR_ioctl, fd, request, argument);
  }
  void sync() override { (void)call(__NR_sync); }
  int reboot(unsigned command) override {
    return call(__NR_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, command, nullptr);
  }

  pid_t getpid() override { return call(__NR_getpid); }
  pid_t fork() override { return call(__NR_fork); }
  int execve(const char* path, const char* const* argv, const char* const* envp) override {
    return call(__NR_execve, path, argv, envp);
  }
  pid_t wait_any(int& status) override { return call(__NR_waitpid, -1, &status, 0); }
  pid_t poll_any(int& status) override { return call(__NR_waitpid, -1, &status, WNOHANG); }
  int kill_thread(pid_t, int) override { return -ENOSYS; }  // 2.4.19
  void interrupt_every_ms(unsigned) override {}             // nobody traces here
  // What needs it is not in this build.
  int ptrace(int, pid_t, std::uintptr_t, std::uintptr_t) override { return -ENOSYS; }
  int setsid() override { return call(__NR_setsid); }
  void reset_process_state() override {
    SignalAction as_default{};
    // Some refuse.
    for (int number = 1; number < NSIG; ++number)
      (void)call(__NR_rt_sigaction, number, &as_default, nullptr, sizeof as_default.mask);
    // Cannot fail with a valid `how`; the mask of nothing is at hand.
    (void)call(__NR_rt_sigprocmask, SIG_SETMASK, &as_default.mask, nullptr, sizeof as_default.mask);
    (void)call(__NR_umask, 022);
  }
  [[noreturn]] void exit_now(int code) override {
    for (;;) (void)call(__NR_exit, code);
  }

  // 2.4 has another call under this number: there the image's insmod does it.
  int init_module(const void*, std::size_t, const char*) override { return -ENOSYS; }
  int load_compressed_module(int, const char*) override { return -ENOSYS; }
  int delete_module(const char* name) override {
    return call(__NR_delete_module, name, O_NONBLOCK);
  }
  int uname(utsname& names) override { return call(__NR_uname, &names); }

  std::uint64_t page_size() override { return 4096; }
  void sleep_ms(unsigned milliseconds) override {
    struct {
      std::uint32_t seconds, nanoseconds;
    } rest{milliseconds / 1000, milliseconds % 1000 * 1000000};
    (void)uninterrupted(__NR_nanosleep, &rest, &rest);  // goes on with what is left
  }
  // Whole seconds since the machine was started: there is no CLOCK_MONOTONIC before 2.6.
  std::uint64_t now_ms() override {
    struct sysinfo info {};
    if (call(__NR_sysinfo, &info) < 0) return 0;
    return static_cast<std::uint64_t>(static_cast<unsigned long>(info.uptime)) * 1000;
  }
};

}  // namespace

Sys& linux_sys() {
  static OldLinuxSys sys;
  return sys;
}

}  // namespace linuxrc
