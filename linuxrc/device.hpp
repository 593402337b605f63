// Names and numbers of block devices, as root= and real-root-dev write them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/text.hpp"

namespace linuxrc {

// Major and minor 1:0, the first RAM disk.
dev_t ram0();
bool is_ram_disk(dev_t device);  // any of /dev/ramN
// 0:255, which stands for a root over NFS (Root_NFS of include/linux/root_dev.h).
dev_t root_on_server();

// The kernel's user-space encoding of a device number (new_encode_dev() of include/linux/kdev_t.h):
// 0x301 is 3:1. It is what real-root-dev holds and what a bare hexadecimal root= means.
dev_t decode_device(std::uint32_t encoded);
std::uint32_t encode_device(dev_t device);

// "8:1", or bare hexadecimal such as "0801" or "0x801". Nothing for any other text.
std::optional<dev_t> parse_device_number(std::string_view text);

// A value written to real-root-dev: "0x301", "769", "0400" (octal), white space around it ignored.
std::optional<dev_t> parse_real_root_dev(std::string_view text);

// "/dev/ram" and "/dev/ramN". They need no look-up: kernels before 5.18 leave RAM disks out of
// /proc/partitions.
std::optional<dev_t> parse_ram_disk(std::string_view path);

// A line of /proc/partitions. `name` points into that text.
struct Partition {
  dev_t device = 0;
  std::string_view name;  // without "/dev/"
};
// The first partition of `partitions`, which then goes on behind it; nothing when there is no more.
std::optional<Partition> next_partition(std::string_view& partitions);

// The number of `name` (without "/dev/") in the text of /proc/partitions, or nothing.
std::optional<dev_t> find_partition(std::string_view partitions, std::string_view name);
// True when /proc/partitions lists the number.
bool lists_device(std::string_view partitions, dev_t device);

// The name of a disk or partition of the IDE driver that Linux 5.14 dropped, by number: 3:1 is
// "hda1", 22:64 is "hdd". Empty for majors other than 3, 22, 33 and 34.
common::Text<16> ide_name(dev_t device);
// What `name` is called by libata: "hda1" is "sda1", and so on to hdh. `map` overrides this, as in
// linuxrc.map=hda:vda,hdc:sr0; it may be nullptr. Empty when `name` is neither in the map nor hda
// to hdh.
common::Text<40> modern_name(std::string_view name, const char* map);

}  // namespace linuxrc
