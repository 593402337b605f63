#include "linuxrc/find_device.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "linuxrc/device.hpp"
#include "linuxrc/sys_io.hpp"

namespace linuxrc {
namespace {

using Form = RootName::Form;

constexpr unsigned floppy_major = 2;

// Kernels list neither RAM disks (before 5.18) nor floppies that were not read yet.
bool exists(std::string_view partitions, dev_t device) {
  return lists_device(partitions, device) || is_ram_disk(device) || major(device) == floppy_major;
}

Found find_number(Machine& machine, dev_t number, std::string_view partitions) {
  if (exists(partitions, number)) return {number, true};
  if (const auto unlisted = find_unlisted(machine, number, partitions)) return {unlisted, true};
  return {number, false};
}

std::optional<dev_t> find_name(Machine& machine, std::string_view name,
                               std::string_view partitions) {
  if (const auto listed = find_partition(partitions, name)) return listed;
  return find_unlisted(machine, name, partitions);
}

// A name of the image's own making, such as a link; 0 when there is none.
dev_t node_number(Machine& machine, std::string_view name) {
  Path path;
  path.append("/dev/%.*s", static_cast<int>(name.size()), name.data());
  FileFacts node;
  const int seen = machine.sys.stat(path.c_str(), node);
  return seen < 0 || !S_ISBLK(node.mode) ? 0 : node.node_device;
}

}  // namespace

std::string_view read_partitions(Machine& machine, std::span<char> buffer) {
  Path path;
  path.append("%s/proc/partitions", machine.facts.work.c_str());
  buffer.front() = '\0';
  const auto length = read_text(machine.sys, path.c_str(), buffer);
  if (length) return {buffer.data(), *length};
  // Full; open() may say so, too, and then there is nothing in it.
  if (length.error().errno_value() != EFBIG || buffer.front() == '\0') return {};
  const std::string_view all{buffer.data(), buffer.size()};
  return all.substr(0, all.rfind('\n') + 1);
}

Found find_device(Machine& machine, const RootName& name, std::string_view partitions) {
  dev_t number = name.number;
  switch (name.form) {
    case Form::unknown:
    case Form::flash:  // has no device number
      return {};
    case Form::ram_disk:
      return {number, true};
    case Form::path:
      if (const auto found = find_name(machine, name.text, partitions)) return {found, true};
      number = node_number(machine, name.text);
      if (number == 0) return {};
      [[fallthrough]];
    case Form::number:
      return find_number(machine, number, partitions);
    case Form::uuid:
    case Form::label:
    case Form::partition_uuid:
    case Form::partition_label:
      return find_volume(machine, name, partitions);
  }
  return {};
}

}  // namespace linuxrc
