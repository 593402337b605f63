#include "linuxrc/device_head.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/sysmacros.h>

#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Status;

namespace {

struct Head {
  std::span<const std::byte> bytes;
  Status status = Done{};  // why there are no more
};

Head read_at(Machine& machine, dev_t device, std::span<std::byte> buffer, unsigned* sector_size,
             std::uint64_t offset) {
  Sys& sys = machine.sys;
  Path node;
  node.append("%s/dev/probe", machine.facts.work.c_str());
  const Status made = make_node(machine, node.c_str(), device);
  if (!made) return {{}, made};
  const int fd = sys.open(node.c_str(), O_RDONLY | O_NONBLOCK, 0);
  if (fd < 0) return {{}, outcome(fd, "open %u:%u", major(device), minor(device))};
  int sector = 0;
  if (sector_size != nullptr && sys.ioctl(fd, BLKSSZGET, &sector) >= 0 && sector >= 512)
    *sector_size = static_cast<unsigned>(sector);
  std::size_t length = 0;
  ssize_t now = 1;
  while (length < buffer.size() && now > 0) {
    now = sys.pread(fd, buffer.data() + length, buffer.size() - length, offset + length);
    if (now > 0) length += static_cast<std::size_t>(now);
  }
  (void)sys.close(fd);  // read only
  return {buffer.first(length),
          outcome(static_cast<int>(now), "read %u:%u", major(device), minor(device))};
}

}  // namespace

std::span<const std::byte> read_head(Machine& machine, dev_t device, std::span<std::byte> buffer,
                                     unsigned* sector_size, std::uint64_t offset) {
  // One of many: it has no medium, or is none of our business.
  return read_at(machine, device, buffer, sector_size, offset).bytes;
}

std::span<const std::byte> read_meant_head(Machine& machine, dev_t device,
                                           std::span<std::byte> buffer) {
  const Head head = read_at(machine, device, buffer, nullptr, 0);
  if (!head.status) machine.log.warn("%s, going on", head.status.error().text());
  return head.bytes;
}

}  // namespace linuxrc
