// Looks for the device that a root= names.
#pragma once

#include <optional>
#include <string_view>

#include "linuxrc/execute.hpp"
#include "linuxrc/root_name.hpp"

namespace linuxrc {

struct Found {
  std::optional<dev_t> device;
  // False for a number that /proc/partitions does not list: worth a try when waiting is over.
  bool present = false;
};

// `partitions` is the text of /proc/partitions. UUIDs and labels make it read the first bytes of
// every disk and partition but RAM disks and floppies.
Found find_device(Machine& machine, const RootName& name, std::string_view partitions);

}  // namespace linuxrc
