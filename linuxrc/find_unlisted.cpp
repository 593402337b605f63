// Roots that /proc/partitions does not list by the name or number they are given: hda and its kind
// on kernels whose IDE disks are called sda, drives for removable disks, and one on a server.
#include <sys/sysmacros.h>

#include "common/sizes.hpp"
#include "linuxrc/device.hpp"
#include "linuxrc/device_head.hpp"
#include "linuxrc/find_device.hpp"

namespace linuxrc {
namespace {

constexpr unsigned cdrom_major = 11;  // Documentation/admin-guide/devices.txt

// Before Linux 3.1 or so /proc/partitions left out what is removable and has no partitions.
std::optional<dev_t> with_disk(Machine& machine, dev_t drive) {
  if (major(drive) != cdrom_major && ide_name(drive).empty()) return std::nullopt;
  std::byte sector[2048];
  if (read_head(machine, drive, sector).empty()) return std::nullopt;
  return drive;
}

std::optional<dev_t> drive_number(std::string_view name) {
  for (const std::string_view kind : {"sr", "scd"}) {
    if (!name.starts_with(kind)) continue;
    const auto number = common::parse_decimal(name.substr(kind.size()));
    if (number && *number < 256) return makedev(cdrom_major, static_cast<unsigned>(*number));
  }
  for (unsigned kind = 0; kind < 64; ++kind)
    for (const unsigned first : {0u, 64u})
      if (ide_name(makedev(kind, first)).view() == name) return makedev(kind, first);
  return std::nullopt;
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

}  // namespace

std::optional<dev_t> find_unlisted(Machine& machine, std::string_view name,
                                   std::string_view partitions) {
  // What the kernel, too, tells a /linuxrc of the image before the root is mounted.
  if (name == "nfs") return root_on_server();
  if (const auto modern = find_modern(machine, name, partitions)) return modern;
  const auto drive = drive_number(name);
  return drive ? with_disk(machine, *drive) : std::nullopt;
}

std::optional<dev_t> find_unlisted(Machine& machine, dev_t number, std::string_view partitions) {
  const auto name = ide_name(number);
  if (!name.empty())
    if (const auto modern = find_modern(machine, name.view(), partitions)) return modern;
  return with_disk(machine, number);
}

}  // namespace linuxrc
