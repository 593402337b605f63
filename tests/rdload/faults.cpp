// Preloaded into rdload: lets one system call fail. RDLOAD_FAULT is CALL:N:ERRNO, for the Nth call
// of that name from 1; the file RDLOAD_STRUCK is made when it came to that. Descriptors that are
// read only are left alone by close.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

namespace {

bool strikes(const char* call) {
  static int seen = 0;
  const char* const fault = std::getenv("RDLOAD_FAULT");
  const std::size_t length = std::strlen(call);
  if (fault == nullptr || std::strncmp(fault, call, length) != 0 || fault[length] != ':')
    return false;
  char* rest = nullptr;
  if (++seen != std::strtol(fault + length + 1, &rest, 10)) return false;
  const char* const struck = std::getenv("RDLOAD_STRUCK");
  const long made =
      struck == nullptr ? -1 : ::syscall(SYS_openat, AT_FDCWD, struck, O_CREAT | O_WRONLY, 0600);
  if (made >= 0) ::syscall(SYS_close, made);
  errno = static_cast<int>(std::strtol(rest + 1, nullptr, 10));
  return true;
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

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  return strikes("pwrite") ? -1 : ::syscall(SYS_pwrite64, fd, data, size, at);
}

ssize_t pread64(int fd, void* data, size_t size, off64_t at) {
  return strikes("pread") ? -1 : ::syscall(SYS_pread64, fd, data, size, at);
}

ssize_t read(int fd, void* data, size_t size) {
  return strikes("read") ? -1 : ::syscall(SYS_read, fd, data, size);
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
