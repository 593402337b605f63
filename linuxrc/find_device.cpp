#include "linuxrc/find_device.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "linuxrc/device.hpp"

namespace linuxrc {
namespace {

using Form = RootName::Form;

constexpr unsigned floppy_major = 2;

// Kernels list neither RAM disks (before 5.18) nor floppies that were not read yet.
bool exists(std::string_view partitions, dev_t device) {
  return lists_device(partitions, device) || is_ram_disk(device) || major(device) == floppy_major;
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
  if (const auto modern = find_modern(machine, number, partitions)) return {modern, true};
  return {number, false};
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
      return find_volume(machine, name, partitions);
  }
  return {};
}

}  // namespace linuxrc
