// Names and numbers of block devices, as root= and real-root-dev write them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace linuxrc {

// Major and minor 1:0, the first RAM disk.
dev_t ram0();
bool is_ram_disk(dev_t device);  // any of /dev/ramN

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

// The number of `name` (without "/dev/") in the text of /proc/partitions, or nothing.
std::optional<dev_t> find_partition(std::string_view partitions, std::string_view name);
// True when /proc/partitions lists the number.
bool lists_device(std::string_view partitions, dev_t device);

}  // namespace linuxrc
