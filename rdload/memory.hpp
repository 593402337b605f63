// Is there memory left for a RAM disk to take?
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rdload {

// Bytes that a RAM disk can still take without the system running short, from the text of
// /proc/meminfo: MemAvailable, which Linux has from 3.14 on, less a sixteenth of MemTotal (1 to
// 8 MiB), because the kernel raises its own reserve when memory is short.
std::optional<std::uint64_t> spare_memory(std::string_view meminfo);
// The same from /proc/meminfo itself; nothing where that is not mounted.
std::optional<std::uint64_t> spare_memory();

}  // namespace rdload
