// Preloaded into a program: lets its system calls fail. FAULT is CALL:N:ERRNO, for the Nth call of
// that name from 1, or CALL:N+:ERRNO for that one and all that follow, as a full disk does. With
// ERRNO 0 a read or write does half of what it was asked, with -1 a pwrite only says that it has
// done it. The file FAULT_STRUCK is made when it came to that; FAULT_SEEN gets the number of such
// calls in the end. With FAULT_NO_TMPFILE set, the file systems know no O_TMPFILE. Descriptors that
// are read only are left alone by close, and standard error by write.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

std::atomic<long> seen = 0;

void make_file(const char* variable, const std::string& text) {
  const char* const path = std::getenv(variable);
  if (path == nullptr) return;
  const long fd = ::syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
  if (fd < 0) return;
  (void)::syscall(SYS_write, fd, text.data(), text.size());
  (void)::syscall(SYS_close, fd);
}

[[gnu::destructor]] void tell() {
  make_file("FAULT_SEEN", std::to_string(seen) + "\n");
}

// Whether this call fails; errno is set then.
bool strikes(const char* call) {
  const char* const fault = std::getenv("FAULT");
  const std::size_t length = std::strlen(call);
  if (fault == nullptr || std::strncmp(fault, call, length) != 0 || fault[length] != ':')
    return false;
  const long now = ++seen;
  char* rest = nullptr;
  const long wanted = std::strtol(fault + length + 1, &rest, 10);
  const bool onwards = *rest == '+';
  if (onwards ? now < wanted : now != wanted) return false;
  make_file("FAULT_STRUCK", "");
  errno = static_cast<int>(std::strtol(rest + (onwards ? 2 : 1), nullptr, 10));
  return true;
}

// How many bytes of `size` a read or write is let do, or -1 where it fails.
ssize_t allowed(const char* call, size_t size) {
  if (!strikes(call)) return static_cast<ssize_t>(size);
  return errno == 0 ? static_cast<ssize_t>((size + 1) / 2) : -1;
}

}  // namespace

extern "C" {

int fsync(int fd) {
  return strikes("fsync") ? -1 : static_cast<int>(::syscall(SYS_fsync, fd));
}

// A close that fails has closed all the same (close(2)).
int close(int fd) {
  const long flags = ::syscall(SYS_fcntl, fd, F_GETFL);
  const bool writes = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
  const int closed = static_cast<int>(::syscall(SYS_close, fd));
  return writes && strikes("close") ? -1 : closed;
}

int open64(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const unsigned mode = va_arg(arguments, unsigned);
  va_end(arguments);
  if ((flags & O_TMPFILE) == O_TMPFILE && std::getenv("FAULT_NO_TMPFILE") != nullptr) {
    errno = EOPNOTSUPP;
    return -1;
  }
  return strikes("open") ? -1
                         : static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  const ssize_t now = allowed("pwrite", size);
  constexpr int lost = -1;
  if (now < 0 && errno == lost) return static_cast<ssize_t>(size);
  return now < 0 ? -1 : ::syscall(SYS_pwrite64, fd, data, now, at);
}

ssize_t write(int fd, const void* data, size_t size) {
  const ssize_t now = fd == STDERR_FILENO ? static_cast<ssize_t>(size) : allowed("write", size);
  return now < 0 ? -1 : ::syscall(SYS_write, fd, data, now);
}

ssize_t pread64(int fd, void* data, size_t size, off64_t at) {
  const ssize_t now = allowed("pread", size);
  return now < 0 ? -1 : ::syscall(SYS_pread64, fd, data, now, at);
}

ssize_t read(int fd, void* data, size_t size) {
  const ssize_t now = allowed("read", size);
  return now < 0 ? -1 : ::syscall(SYS_read, fd, data, now);
}

int ftruncate64(int fd, off64_t size) noexcept {
  return strikes("ftruncate") ? -1 : static_cast<int>(::syscall(SYS_ftruncate, fd, size));
}

int linkat(int from_at, const char* from, int to_at, const char* to, int flags) noexcept {
  return strikes("linkat")
             ? -1
             : static_cast<int>(::syscall(SYS_linkat, from_at, from, to_at, to, flags));
}

int rename(const char* from, const char* to) noexcept {
  return strikes("rename") ? -1 : static_cast<int>(::syscall(SYS_rename, from, to));
}

int ioctl(int fd, unsigned long request, ...) noexcept {
  std::va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  return strikes("ioctl") ? -1 : static_cast<int>(::syscall(SYS_ioctl, fd, request, argument));
}
}
