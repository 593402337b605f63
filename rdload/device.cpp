#include "rdload/device.hpp"

#include <linux/fs.h>
#include <linux/major.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/text.hpp"

namespace rdload {

common::Result<std::uint64_t> device_bytes(int fd, const char* name) {
  std::uint64_t bytes = 0;
  if (::ioctl(fd, BLKGETSIZE64, &bytes) == 0) return bytes;
  unsigned long sectors = 0;  // of 512 bytes, whatever the device's own are
  if (::ioctl(fd, BLKGETSIZE, &sectors) == 0) return std::uint64_t{sectors} * 512;
  return common::Error::system(errno, "ioctl BLKGETSIZE on %s", name);
}

Driver device_driver(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISBLK(status.st_mode)) return Driver::other;
  if (major(status.st_rdev) == RAMDISK_MAJOR) return Driver::ram;
  if (major(status.st_rdev) == LOOP_MAJOR) return Driver::loop;
  common::Text<64> link;
  link.append("/sys/dev/block/%u:%u", major(status.st_rdev), minor(status.st_rdev));
  char device[256];
  const ssize_t length = ::readlink(link.c_str(), device, sizeof device - 1);
  if (length <= 0) return Driver::other;
  device[length] = '\0';
  return std::strstr(device, "/zram") != nullptr ? Driver::zram : Driver::other;
}

}  // namespace rdload
