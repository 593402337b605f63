#include "linuxrc/device_head.hpp"

#include <fcntl.h>
#include <linux/fs.h>

#include "linuxrc/steps.hpp"

namespace linuxrc {

std::span<const std::byte> read_head(Machine& machine, dev_t device, std::span<std::byte> buffer,
                                     unsigned* sector_size, std::uint64_t offset) {
  Sys& sys = machine.sys;
  Path node;
  node.append("%s/dev/probe", machine.facts.work.c_str());
  if (!make_node(machine, node.c_str(), device)) return {};
  const int fd = sys.open(node.c_str(), O_RDONLY | O_NONBLOCK, 0);
  if (fd < 0) return {};  // no medium, or none of our business
  int sector = 0;
  if (sector_size != nullptr && sys.ioctl(fd, BLKSSZGET, &sector) >= 0 && sector >= 512)
    *sector_size = static_cast<unsigned>(sector);
  std::size_t length = 0;
  while (length < buffer.size()) {
    const ssize_t now =
        sys.pread(fd, buffer.data() + length, buffer.size() - length, offset + length);
    if (now <= 0) break;
    length += static_cast<std::size_t>(now);
  }
  (void)sys.close(fd);  // read only
  return buffer.first(length);
}

}  // namespace linuxrc
