// The device that a UUID or a label names: every disk's first bytes are looked at.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cerrno>

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

bool is_no_disk(dev_t device) {
  return is_ram_disk(device) || major(device) == floppy_major;
}

bool is_volume(Machine& machine, dev_t device, const RootName& name, Head& head) {
  const auto volume = identify_volume(head.view());
  if (!volume) return false;
  if (name.form == Form::uuid) return same_uuid(volume->uuid.view(), name.text);
  const FatDirectory directory = fat_root_directory(head.view());
  const std::span entries =
      std::span(head.bytes).subspan(volume_window, std::min(directory.bytes, entries_window));
  const auto label =
      entries.empty() ? std::nullopt
                      : fat_label(read_head(machine, device, entries, nullptr, directory.offset));
  return (label ? label->view() : volume->label.view()) == name.text;
}

// The device for a look at it, or -errno.
int open_probe(Machine& machine, dev_t device, int flags) {
  Path node;
  node.append("%s/dev/probe", machine.facts.work.c_str());
  if (!make_node(machine, node.c_str(), device)) return -ENXIO;
  return machine.sys.open(node.c_str(), O_RDONLY | O_NONBLOCK | flags, 0);
}

// In use by something that lets nobody else use it: a mount, or what lies over it, such as an
// array.
bool is_held(Machine& machine, dev_t device) {
  const int fd = open_probe(machine, device, O_EXCL);
  if (fd >= 0) (void)machine.sys.close(fd);  // read only
  return fd == -EBUSY;
}

bool is_array_magic(std::span<const std::byte> found) {
  constexpr std::array<unsigned char, 4> magic = {0xfc, 0x4e, 0x2b, 0xa9};
  const auto same = [](std::byte one, unsigned char other) { return one == std::byte{other}; };
  // 0.90 has the byte order of the machine that made it.
  return std::ranges::equal(found, magic, same) ||
         std::equal(found.begin(), found.end(), magic.rbegin(), magic.rend(), same);
}

// Where md has the superblock at the end of an array's members: metadata 0.90, and 1.0
// (drivers/md/md.c). Such a member begins as the array's file system, and is not to be mounted.
bool is_array_member(Machine& machine, dev_t device) {
  const int fd = open_probe(machine, device, 0);
  if (fd < 0) return false;
  std::uint64_t bytes = 0;
  const int sized = machine.sys.ioctl(fd, BLKGETSIZE64, &bytes);
  (void)machine.sys.close(fd);  // read only
  constexpr std::uint64_t stripe = 65536;
  if (sized < 0 || bytes < 2 * stripe) return false;
  const std::uint64_t places[] = {(bytes & ~(stripe - 1)) - stripe,
                                  (bytes - 8192) & ~std::uint64_t{4095}};
  return std::ranges::any_of(places, [&](std::uint64_t at) {
    std::byte found[4];
    return is_array_magic(read_head(machine, device, found, nullptr, at));
  });
}

// The first one that nothing holds, else the first.
Found find_file_system(Machine& machine, const RootName& name, std::string_view partitions,
                       Head& head) {
  Found held;
  while (const auto partition = next_partition(partitions)) {
    if (is_no_disk(partition->device)) continue;
    head.read(machine, partition->device);
    if (!is_volume(machine, partition->device, name, head) ||
        is_array_member(machine, partition->device))
      continue;
    if (!is_held(machine, partition->device)) return {partition->device, true};
    if (!held.device) held = {partition->device, true};
  }
  return held;
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
  if (name.form == Form::uuid || name.form == Form::label)
    return find_file_system(machine, name, partitions, head);
  std::string_view rest = partitions;
  while (const auto partition = next_partition(rest)) {
    if (is_no_disk(partition->device)) continue;
    head.read(machine, partition->device);
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
