#include "mkramdisk/wrap/module_choice.hpp"

#include <algorithm>

#include "common/sizes.hpp"

namespace mkramdisk::wrap {
namespace {

using rdload::Format;

struct System {
  Format format;
  std::string_view type;
  std::vector<std::string> drivers;
};

// ext4's driver mounts ext2 and ext3 as well, and in most kernels nothing else does.
const std::vector<System>& systems() {
  static const std::vector<System> all = {
      {Format::ext2, "ext2", {"ext4", "ext2"}}, {Format::unknown, "ext3", {"ext4", "ext3"}},
      {Format::unknown, "ext4", {"ext4"}},      {Format::romfs, "romfs", {"romfs"}},
      {Format::cramfs, "cramfs", {"cramfs"}},   {Format::squashfs, "squashfs", {"squashfs"}},
      {Format::minix, "minix", {"minix"}},      {Format::erofs, "erofs", {"erofs"}},
      {Format::btrfs, "btrfs", {"btrfs"}},      {Format::iso9660, "iso9660", {"isofs"}},
      {Format::unknown, "vfat", {"vfat"}},      {Format::unknown, "msdos", {"msdos"}},
      {Format::unknown, "nfs", {"nfs"}},
  };
  return all;
}

// A kind of disk: how its devices are called, and what drives them in one machine or another.
struct Disk {
  std::vector<std::string_view> names;
  std::vector<std::string_view> modules;
};

const std::vector<Disk>& disks() {
  static const std::vector<Disk> all = {
      {{"vd"}, {"virtio_pci", "virtio_mmio", "virtio_blk"}},
      {{"sd", "hd", "sr"},
       {"sd_mod", "ata_piix", "ata_generic", "pata_amd", "pata_via", "ahci", "virtio_pci",
        "virtio_scsi", "mptspi", "sym53c8xx", "uas", "usb_storage", "xhci_pci", "ehci_pci",
        "uhci_hcd"}},
      {{"nvme"}, {"nvme"}},
      {{"mmcblk"}, {"mmc_block", "sdhci_pci", "sdhci_acpi"}},
      {{"xvd"}, {"xen_blkfront"}},
      {{"fd"}, {"floppy"}},
      {{"mtdblock", "mtd"}, {"mtdblock"}},
      // ubifs asks for its compressors when it is loaded, and nothing else would load them.
      {{"ubi"}, {"ubi", "lzo", "deflate", "zstd", "ubifs"}},
      {{"nfs"}, {"virtio_pci", "virtio_net", "e1000", "e1000e", "nfsv3"}},
      {{"md"}, {"md_mod", "raid1", "raid0"}},
  };
  return all;
}

// The others have to be asked for by root=: they are slow to come up, or rare, or their driver
// fails in any other machine than its own.
constexpr std::size_t usual_disks = 4;

// Block majors of the disks that had names long before udev.
std::string_view name_of_major(std::uint64_t number) {
  switch (number) {
    case 2:
      return "fd";
    case 3:
    case 8:
    case 22:
    case 33:
    case 34:
      return "sd";
    case 9:
      return "md";
    case 31:
      return "mtdblock";
    default:
      return "";
  }
}

// "vda1" of /dev/vda1, "sd" of 3:1 and 0301, "ram0" of /dev/ram and 0100; "" for what names no
// driver, as UUID=.
std::string_view disk_name(std::string_view root) {
  if (root.starts_with("/dev/")) return root.substr(5);
  if (root.starts_with("mtd") || root.starts_with("ubi")) return root;
  std::optional<std::uint64_t> major;
  if (const auto colon = root.find(':'); colon != std::string_view::npos) {
    major = common::parse_decimal(root.substr(0, colon));
  } else if (const auto number = common::parse_c_number(
                 root.starts_with("0x") ? std::string(root) : "0x" + std::string(root))) {
    major = *number >> 8 & 0xfff;
  }
  if (!major) return "";
  return *major == 1 ? "ram0" : name_of_major(*major);
}

bool is_ram_disk(std::string_view name) {
  return name.starts_with("ram");
}

void add_disk(const Disk& disk, std::vector<Wish>& wanted) {
  for (const std::string_view module : disk.modules) wanted.push_back({{std::string(module)}, ""});
}

void add_disks(std::string_view root, std::vector<Wish>& wanted) {
  const std::string_view name = disk_name(root);
  for (const Disk& disk : disks())
    for (const std::string_view prefix : disk.names)
      if (!name.empty() && name.starts_with(prefix)) {
        add_disk(disk, wanted);
        return;
      }
  for (std::size_t i = 0; i < usual_disks; ++i) add_disk(disks()[i], wanted);
}

void add_systems(std::string_view types, std::vector<Wish>& wanted) {
  while (!types.empty()) {
    const auto comma = types.find(',');
    auto drivers = drivers_of(types.substr(0, comma));
    if (!drivers.empty()) wanted.push_back({std::move(drivers), ""});
    types.remove_prefix(comma == std::string_view::npos ? types.size() : comma + 1);
  }
}

}  // namespace

std::vector<std::string> drivers_of(Format system) {
  for (const System& entry : systems())
    if (entry.format == system && system != Format::unknown) return entry.drivers;
  return {};
}

std::vector<std::string> drivers_of(std::string_view type) {
  for (const System& entry : systems())
    if (entry.type == type) return entry.drivers;
  if (type.empty()) return {};
  return {std::string(type)};
}

bool zram_can_hold(const rdload::Image& system) {
  constexpr std::uint32_t sector_kib = 4;
  if (system.format == Format::ext2) return system.block_kib >= sector_kib;
  return system.format != Format::romfs && system.format != Format::minix;
}

std::vector<Wish> wishes(Format system, const common::CommandLine& command_line) {
  std::vector<Wish> wanted;
  if (system != Format::unknown)
    wanted.push_back({drivers_of(system), std::string("mount ") + rdload::format_name(system) +
                                              " file systems, which the image is"});
  const char* root = command_line.value("real_root");
  if (root == nullptr) root = command_line.value("root");
  // An init= on the image may mount a disk by itself.
  if (root != nullptr && is_ram_disk(disk_name(root)) && command_line.value("init") == nullptr)
    return wanted;
  if (root != nullptr && is_ram_disk(disk_name(root))) root = nullptr;
  const char* types = command_line.value("real_rootfstype");
  if (types == nullptr) types = command_line.value("rootfstype");
  add_systems(types == nullptr ? "ext4" : types, wanted);
  add_disks(root == nullptr ? "" : root, wanted);
  return wanted;
}

}  // namespace mkramdisk::wrap
