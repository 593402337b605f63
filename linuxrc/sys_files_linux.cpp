#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "linuxrc/sys_files.hpp"

namespace linuxrc {
namespace {

template <class Number>
Number checked(Number result) {
  return result < 0 ? static_cast<Number>(-errno) : result;
}

void take(const struct stat& from, FileDetails& details) {
  details.mode = from.st_mode;
  details.owner = from.st_uid;
  details.group = from.st_gid;
  details.node_device = from.st_rdev;
  details.inode = from.st_ino;
  details.names = from.st_nlink;
  details.size = static_cast<std::uint64_t>(from.st_size);
  details.modified_s = from.st_mtim.tv_sec;
  details.modified_ns = from.st_mtim.tv_nsec;
}

class LinuxFiles final : public FileSys {
 public:
  int rename(const char* from, const char* to) override { return checked(::rename(from, to)); }
  int lstat_details(const char* path, FileDetails& details) override {
    struct stat found {};
    if (::lstat(path, &found) != 0) return -errno;
    take(found, details);
    return 0;
  }
  int fstat_details(int fd, FileDetails& details) override {
    struct stat found {};
    if (::fstat(fd, &found) != 0) return -errno;
    take(found, details);
    return 0;
  }
  int link(const char* from, const char* to) override { return checked(::link(from, to)); }
  int lchown(const char* path, uid_t owner, gid_t group) override {
    return checked(::lchown(path, owner, group));
  }
  int chmod(const char* path, mode_t mode) override { return checked(::chmod(path, mode)); }
  int set_times(const char* path, std::int64_t seconds, std::int64_t nanoseconds) override {
    const timespec time{static_cast<time_t>(seconds), static_cast<long>(nanoseconds)};
    const timespec both[2] = {time, time};
    return checked(::utimensat(AT_FDCWD, path, both, AT_SYMLINK_NOFOLLOW));
  }
  ssize_t list_xattrs(const char* path, char* names, std::size_t size) override {
    return checked(::llistxattr(path, names, size));
  }
  ssize_t get_xattr(const char* path, const char* name, void* value, std::size_t size) override {
    return checked(::lgetxattr(path, name, value, size));
  }
  int set_xattr(const char* path, const char* name, const void* value, std::size_t size) override {
    return checked(::lsetxattr(path, name, value, size, 0));
  }
  ssize_t pwrite(int fd, const void* data, std::size_t size, std::uint64_t offset) override {
    ssize_t written = 0;
    do written = ::pwrite(fd, data, size, static_cast<off_t>(offset));
    while (written < 0 && errno == EINTR);
    return checked(written);
  }
  int sync_file_system(int fd) override {
#ifdef SYS_syncfs
    return static_cast<int>(checked(::syscall(SYS_syncfs, fd)));
#else
    (void)fd;
    return -ENOSYS;
#endif
  }
};

}  // namespace

FileSys& linux_files() {
  static LinuxFiles files;
  return files;
}

}  // namespace linuxrc
