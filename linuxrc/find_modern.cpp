// hda and its kind, on kernels whose IDE disks are called sda.
#include "linuxrc/device.hpp"
#include "linuxrc/find_device.hpp"

namespace linuxrc {

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

std::optional<dev_t> find_modern(Machine& machine, dev_t number, std::string_view partitions) {
  const auto name = ide_name(number);
  return name.empty() ? std::nullopt : find_modern(machine, name.view(), partitions);
}

}  // namespace linuxrc
