// The device that a UUID or a label names: every disk's first bytes are looked at.
#include <sys/sysmacros.h>

#include "linuxrc/device.hpp"
#include "linuxrc/device_head.hpp"
#include "linuxrc/find_device.hpp"
#include "linuxrc/steps.hpp"
#include "linuxrc/volume.hpp"

namespace linuxrc {
namespace {

using Form = RootName::Form;

constexpr unsigned floppy_major = 2;

// 128 entries of a GPT, as many as there usually are.
constexpr std::size_t entries_window = 16 * 1024;

// The first bytes of a device, and behind them the entries of its GPT where those lie elsewhere.
// One buffer: devices are looked at one after the other.
struct Head {
  std::byte bytes[volume_window + entries_window];
  std::size_t length = 0;
  unsigned sector_size = 512;

  [[nodiscard]] std::span<const std::byte> view() const { return {bytes, length}; }

  void read(Machine& machine, dev_t device) {
    const std::span all(bytes);
    sector_size = 512;
    length = read_head(machine, device, all.first(volume_window), &sector_size).size();
    const std::uint64_t entries = far_gpt_entries(view(), sector_size);
    if (entries == 0 || length != volume_window) return;
    length += read_head(machine, device, all.subspan(volume_window), nullptr, entries).size();
    move_gpt_entries(all, sector_size, volume_window);
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

}  // namespace

Found find_volume(Machine& machine, const RootName& name, std::string_view partitions) {
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

}  // namespace linuxrc
