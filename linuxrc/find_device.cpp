#include "linuxrc/find_device.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "linuxrc/device.hpp"
#include "linuxrc/steps.hpp"
#include "linuxrc/volume.hpp"

namespace linuxrc {
namespace {

using Form = RootName::Form;

constexpr unsigned floppy_major = 2;

// Kernels list neither RAM disks (before 5.18) nor floppies that were not read yet.
bool exists(std::string_view partitions, dev_t device) {
  return lists_device(partitions, device) || is_ram_disk(device) || major(device) == floppy_major;
}

std::optional<dev_t> find_modern(Machine& machine, std::string_view name,
                                 std::string_view partitions) {
  const auto modern = modern_name(name, machine.facts.options().disk_map);
  if (modern.empty()) return std::nullopt;
  const auto device = find_partition(partitions, modern.view());
  if (device)
    machine.log.say("%.*s is %s on this kernel", static_cast<int>(name.size()), name.data(),
                    modern.c_str());
  return device;
}

Found find_path(Machine& machine, std::string_view name, std::string_view partitions) {
  if (const auto listed = find_partition(partitions, name)) return {listed, true};
  if (const auto modern = find_modern(machine, name, partitions)) return {modern, true};
  // A name of the image's own making, such as a link.
  Path path;
  path.append("/dev/%.*s", static_cast<int>(name.size()), name.data());
  FileFacts node;
  if (machine.sys.stat(path.c_str(), node) < 0 || !S_ISBLK(node.mode)) return {};
  return {node.node_device, exists(partitions, node.node_device)};
}

Found find_number(Machine& machine, dev_t number, std::string_view partitions) {
  if (exists(partitions, number)) return {number, true};
  const auto old_name = ide_name(number);
  if (!old_name.empty())
    if (const auto modern = find_modern(machine, old_name.view(), partitions))
      return {modern, true};
  return {number, false};
}

// The first bytes of a device. One buffer: devices are looked at one after the other.
struct Head {
  std::byte bytes[volume_window];
  std::size_t length = 0;
  unsigned sector_size = 512;

  [[nodiscard]] std::span<const std::byte> view() const { return {bytes, length}; }

  void read(Machine& machine, dev_t device) {
    length = 0;
    Path node;
    node.append("%s/dev/probe", machine.facts.work.c_str());
    if (!make_node(machine, node.c_str(), device)) return;
    const int fd = machine.sys.open(node.c_str(), O_RDONLY | O_NONBLOCK, 0);
    if (fd < 0) return;  // no medium, or none of our business: the next device is looked at
    int sector = 0;
    if (machine.sys.ioctl(fd, BLKSSZGET, &sector) >= 0 && sector >= 512)
      sector_size = static_cast<unsigned>(sector);
    while (length < sizeof bytes) {
      const ssize_t now = machine.sys.pread(fd, bytes + length, sizeof bytes - length, length);
      if (now <= 0) break;
      length += static_cast<std::size_t>(now);
    }
    (void)machine.sys.close(fd);  // read only
  }
};

bool is_volume(const RootName& name, const Head& head) {
  const auto volume = identify_volume(head.view());
  if (!volume) return false;
  return name.form == Form::uuid ? same_uuid(volume->uuid.view(), name.text)
                                 : volume->label.view() == name.text;
}

// Partition `number` of `disk`, by name: vda1, mmcblk0p1.
std::optional<dev_t> partition_of(std::string_view disk, int number, std::string_view partitions) {
  const bool ends_in_digit = disk.back() >= '0' && disk.back() <= '9';
  Path name;
  name.append("%.*s%s%d", static_cast<int>(disk.size()), disk.data(), ends_in_digit ? "p" : "",
              number);
  return find_partition(partitions, name.view());
}

Found scan(Machine& machine, const RootName& name, std::string_view partitions) {
  static Head head;
  std::string_view rest = partitions;
  while (const auto partition = next_partition(rest)) {
    if (is_ram_disk(partition->device) || major(partition->device) == floppy_major) continue;
    head.read(machine, partition->device);
    if (name.form == Form::uuid || name.form == Form::label) {
      if (is_volume(name, head)) return {partition->device, true};
      continue;
    }
    const auto number = name.form == Form::partition_uuid
                            ? find_partition_uuid(head.view(), head.sector_size, name.text)
                            : find_partition_label(head.view(), head.sector_size, name.text);
    if (!number) continue;
    const auto device =
        partition_of(partition->name, static_cast<int>(*number) + name.offset, partitions);
    if (device) return {device, true};
  }
  return {};
}

}  // namespace

Found find_device(Machine& machine, const RootName& name, std::string_view partitions) {
  switch (name.form) {
    case Form::unknown:
    case Form::flash:  // has no device number
      return {};
    case Form::ram_disk:
      return {name.number, true};
    case Form::path:
      return find_path(machine, name.text, partitions);
    case Form::number:
      return find_number(machine, name.number, partitions);
    case Form::uuid:
    case Form::label:
    case Form::partition_uuid:
    case Form::partition_label:
      return scan(machine, name, partitions);
  }
  return {};
}

}  // namespace linuxrc
