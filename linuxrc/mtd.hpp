// MTD partitions, as /proc/mtd lists them.
#pragma once

#include <optional>
#include <string_view>

namespace linuxrc {

constexpr unsigned mtd_major = 90;  // character devices, two minors each: the odd is read-only
constexpr unsigned mtd_block_major = 31;

// N of the first line `mtdN: SIZE ERASESIZE "NAME"` of `table` that "mtdN" or "mtd:NAME" means.
// Pure.
std::optional<unsigned> mtd_number(std::string_view table, std::string_view name);

}  // namespace linuxrc
