#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "linuxrc/save.hpp"

namespace linuxrc {
namespace {

int checked(int result) {
  return result < 0 ? -errno : result;
}

class LinuxSaveCalls final : public SaveCalls {
 public:
  int write_back(int fd) override {
    const int result = checked(::fsync(fd));
    if (result >= 0) (void)::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);  // no more than advice
    return result;
  }
  int link(const char* from, const char* to) override { return checked(::link(from, to)); }
  int rename(const char* from, const char* to) override { return checked(::rename(from, to)); }
  int free_bytes(const char* path, std::uint64_t& bytes) override {
    struct statvfs found {};
    if (::statvfs(path, &found) != 0) return -errno;
    bytes = std::uint64_t{found.f_bavail} * found.f_frsize;
    return 0;
  }
  void hold_signals(bool hold) override {
    sigset_t all;
    ::sigfillset(&all);
    (void)::sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &all, nullptr);  // valid arguments
  }
};

}  // namespace

SaveCalls& linux_save_calls() {
  static LinuxSaveCalls calls;
  return calls;
}

}  // namespace linuxrc
