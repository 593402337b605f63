// Looks for the device that a root= names.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "linuxrc/execute.hpp"
#include "linuxrc/root_name.hpp"

namespace linuxrc {

struct Found {
  std::optional<dev_t> device;
  // False for a number that /proc/partitions does not list: worth a try when waiting is over.
  bool present = false;
};

// /proc/partitions in `buffer`, or as many of its lines as fit; "" when it cannot be read.
std::string_view read_partitions(Machine& machine, std::span<char> buffer);
inline constexpr std::size_t partitions_bytes = 65536;  // 2,000 lines

// `partitions` is the text of /proc/partitions. UUIDs and labels make it read the first bytes of
// every disk and partition but RAM disks and floppies.
Found find_device(Machine& machine, const RootName& name, std::string_view partitions);

// The parts of it that know more than /proc/partitions: what an old name or number, such as hda or
// 3:1, is called since Linux has no drivers of its own for IDE disks (linuxrc.map= overrides); a
// CD-ROM whose kernel does not list it, once it can be read; the number of a root over NFS.
std::optional<dev_t> find_unlisted(Machine& machine, std::string_view name,
                                   std::string_view partitions);
std::optional<dev_t> find_unlisted(Machine& machine, dev_t number, std::string_view partitions);

// The part that reads devices: for the forms uuid, label, partition_uuid and partition_label.
Found find_volume(Machine& machine, const RootName& name, std::string_view partitions);

}  // namespace linuxrc
