#include <cerrno>
#include <cstdio>

#include "linuxrc/sys_files.hpp"

namespace linuxrc {
namespace {

int checked(int result) {
  return result < 0 ? -errno : result;
}

class LinuxFiles final : public FileSys {
 public:
  int rename(const char* from, const char* to) override { return checked(::rename(from, to)); }
};

}  // namespace

FileSys& linux_files() {
  static LinuxFiles files;
  return files;
}

}  // namespace linuxrc
