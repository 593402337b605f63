// What an overlay's upper needs of the kernel beside Sys: tests put a fake in its place, too.
// Results are Sys's: -errno where a call fails. A build without overlays has none of it. No call
// follows a symbolic link that is the last component of its path.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace linuxrc {

// What lstat(2) tells, and a copy has to have.
struct FileDetails {
  mode_t mode = 0;
  uid_t owner = 0;
  gid_t group = 0;
  dev_t node_device = 0;  // that a device node names
  ino_t inode = 0;
  nlink_t names = 0;
  std::uint64_t size = 0;        // bytes
  std::int64_t modified_s = 0;   // seconds since 1970
  std::int64_t modified_ns = 0;  // and nanoseconds
};

class FileSys {
 public:
  virtual int rename(const char* from, const char* to) = 0;
  virtual int lstat_details(const char* path, FileDetails& details) = 0;
  virtual int fstat_details(int fd, FileDetails& details) = 0;
  virtual int link(const char* from, const char* to) = 0;
  virtual int lchown(const char* path, uid_t owner, gid_t group) = 0;
  virtual int chmod(const char* path, mode_t mode) = 0;  // of no symbolic link
  // Both times, of access and of modification.
  virtual int set_times(const char* path, std::int64_t seconds, std::int64_t nanoseconds) = 0;
  // llistxattr(2), lgetxattr(2), lsetxattr(2): names end with NUL each; the length, or -ERANGE.
  virtual ssize_t list_xattrs(const char* path, char* names, std::size_t size) = 0;
  virtual ssize_t get_xattr(const char* path, const char* name, void* value, std::size_t size) = 0;
  virtual int set_xattr(const char* path, const char* name, const void* value,
                        std::size_t size) = 0;
  virtual ssize_t pwrite(int fd, const void* data, std::size_t size, std::uint64_t offset) = 0;
  // syncfs(2), which says (from Linux 5.8 on) what could not be written.
  virtual int sync_file_system(int fd) = 0;

 protected:
  ~FileSys() = default;  // nobody owns one through this interface
};

// Makes the calls.
FileSys& linux_files();

}  // namespace linuxrc
