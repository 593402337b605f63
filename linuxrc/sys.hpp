// The one interface between linuxrc and the kernel. LinuxSys (sys_linux.cpp) makes the calls;
// tests put a fake in its place and let any of them fail.
//
// Every function returns what its system call of the same name returns, but with -errno instead of
// -1; a call that a signal interrupts is made again, so there is no -EINTR but from wait_any().
// Strings are NUL-terminated. Only calls of Linux 2.4 stand behind these functions, unless a
// comment says otherwise.
#pragma once

#include <sys/types.h>
#include <sys/utsname.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "common/text.hpp"

namespace linuxrc {

class FileSys;

// What stat(2) tells and this program uses.
struct FileFacts {
  mode_t mode = 0;
  dev_t device = 0;       // of the file system the file is on
  dev_t node_device = 0;  // that a device node names
  ino_t inode = 0;
  std::uint64_t size = 0;  // bytes
};

class Sys {
 public:
  // Why Inside could not come back to the / from before: paths mean something else from then on.
  common::Text<200> lost;

  virtual int mount(const char* source, const char* target, const char* type, unsigned long flags,
                    const char* data) = 0;
  virtual int umount2(const char* target, int flags) = 0;
  virtual int pivot_root(const char* new_root, const char* put_old) = 0;
  virtual int chroot(const char* path) = 0;
  virtual int chdir(const char* path) = 0;
  virtual int fchdir(int fd) = 0;

  virtual int mkdir(const char* path, mode_t mode) = 0;
  virtual int mknod(const char* path, mode_t mode, dev_t device) = 0;
  virtual int symlink(const char* text, const char* path) = 0;
  virtual int unlink(const char* path) = 0;
  virtual int rmdir(const char* path) = 0;
  virtual int stat(const char* path, FileFacts& facts) = 0;   // follows symbolic links
  virtual int lstat(const char* path, FileFacts& facts) = 0;  // does not
  // The file system type's magic number, as statfs(2) gives in f_type.
  virtual int statfs_type(const char* path, std::uint64_t& magic) = 0;
  // NUL-terminates; returns the length, -ENAMETOOLONG when it does not fit.
  virtual int readlink(const char* path, char* buffer, std::size_t size) = 0;
  // Calls `entry` with each name in the directory but "." and ".."; stops when it returns false.
  // Takes no memory but the stack.
  virtual int list(const char* path, bool (*entry)(void* context, const char* name),
                   void* context) = 0;

  virtual int open(const char* path, int flags, mode_t mode) = 0;  // adds O_CLOEXEC
  virtual int keep_on_exec(int fd) = 0;                            // takes that O_CLOEXEC back
  virtual int close(int fd) = 0;
  virtual ssize_t read(int fd, void* buffer, std::size_t size) = 0;
  virtual ssize_t pread(int fd, void* buffer, std::size_t size, std::uint64_t offset) = 0;
  virtual int ftruncate(int fd, std::uint64_t bytes) = 0;
  virtual int rewind(int fd) = 0;  // lseek(fd, 0, SEEK_SET)
  virtual ssize_t write(int fd, const void* data, std::size_t size) = 0;
  virtual int dup2(int fd, int wanted) = 0;
  // `argument` is the ioctl's pointer, or nullptr.
  virtual int ioctl(int fd, unsigned long request, void* argument) = 0;
  virtual void sync() = 0;
  // reboot(2); `command` is one of linux/reboot.h.
  virtual int reboot(unsigned command) = 0;

  virtual pid_t getpid() = 0;
  virtual pid_t fork() = 0;
  virtual int execve(const char* path, const char* const* argv, const char* const* envp) = 0;
  // As waitpid(-1, &status, __WALL): any child, and any process that is traced.
  virtual pid_t wait_any(int& status) = 0;
  // The same, but 0 when none has ended yet.
  virtual pid_t poll_any(int& status) = 0;
  // tkill(2): that thread alone.
  virtual int kill_thread(pid_t pid, int signal) = 0;
  // SIGALRM ends a wait that lasts longer, again and again, with -EINTR; 0: no more.
  virtual void interrupt_every_ms(unsigned milliseconds) = 0;
  // ptrace(2) as the kernel has it; only requests that give 0 or a length are made.
  virtual int ptrace(int request, pid_t pid, std::uintptr_t address, std::uintptr_t data) = 0;
  virtual int setsid() = 0;
  // Signals to their defaults, umask 022: what the kernel gives a program it starts itself.
  virtual void reset_process_state() = 0;
  [[noreturn]] virtual void exit_now(int code) = 0;

  // Loads a module held in memory. Linux 2.6 and later: 2.4's call has another form.
  virtual int init_module(const void* image, std::size_t size, const char* parameters) = 0;
  // The same of an open file, which the kernel decompresses if it was built to. Linux 5.17.
  virtual int load_compressed_module(int fd, const char* parameters) = 0;
  virtual int delete_module(const char* name) = 0;
  virtual int uname(utsname& names) = 0;

  // A socket that has a datagram for each device that comes or goes. Linux 2.6.10, with networking.
  virtual int open_uevents() { return -ENOSYS; }
  // Rests until `fd` can be read: 1; or until the time is up: 0.
  virtual int wait_readable(int /*fd*/, unsigned /*milliseconds*/) { return -ENOSYS; }

  virtual std::uint64_t page_size() = 0;  // bytes
  virtual void sleep_ms(unsigned milliseconds) = 0;
  virtual std::uint64_t now_ms() = 0;  // monotonic

  // The calls that only an overlay needs; nullptr in a build without.
  virtual FileSys* files() { return nullptr; }

 protected:
  ~Sys() = default;  // nobody owns one through this interface
};

}  // namespace linuxrc
