#include "linuxrc/mtd.hpp"

#include "common/lines.hpp"
#include "common/sizes.hpp"

namespace linuxrc {

std::optional<unsigned> mtd_number(std::string_view table, std::string_view name) {
  while (const auto line = common::next_line(table)) {
    const std::string_view number = line->substr(0, line->find(':'));
    const auto quote = line->find('"');
    if (!number.starts_with("mtd") || quote == std::string_view::npos) continue;
    std::string_view label = line->substr(quote + 1);
    label = label.substr(0, label.rfind('"'));
    const bool same = name.starts_with("mtd:") ? label == name.substr(4) : number == name;
    const auto found = common::parse_decimal(number.substr(3));
    if (same && found && *found <= 255) return static_cast<unsigned>(*found);
  }
  return std::nullopt;
}

}  // namespace linuxrc
