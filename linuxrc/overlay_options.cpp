#include "linuxrc/overlay_options.hpp"

#include <algorithm>
#include <iterator>

namespace linuxrc {
namespace {

constexpr std::string_view upper_type_names[] = {"ext4",  "ext3",  "ext2",  "f2fs",
                                                 "jffs2", "ubifs", "btrfs", "xfs"};

struct PolicyName {
  std::string_view name;
  UpperPolicy policy;
};
constexpr PolicyName policy_names[] = {{"keep", UpperPolicy::keep},
                                       {"quarantine", UpperPolicy::quarantine},
                                       {"listed", UpperPolicy::listed},
                                       {"tmpfs", UpperPolicy::tmpfs},
                                       {"reset", UpperPolicy::reset}};

template <std::size_t Size>
void copy(std::string_view text, common::Text<Size>& to) {
  to.clear();
  to.append("%.*s", static_cast<int>(text.size()), text.data());
}

// A word that is no policy changes nothing: the defaults delete nothing either.
void read_policy(const char* text, UpperPolicy& policy) {
  if (text == nullptr) return;
  for (const PolicyName& row : policy_names)
    if (row.name == text) policy = row.policy;
}

// What it says, cut where it is too long.
void read_overlay(std::string_view text, OverlayOptions& options) {
  constexpr std::string_view memory = "tmpfs";
  options.asked = !text.empty();
  if (text.starts_with(memory) &&
      (text.size() == memory.size() || text[memory.size()] == ':' || text[memory.size()] == ',')) {
    options.in_memory = true;
    if (text.size() > memory.size()) copy(text.substr(memory.size() + 1), options.memory_options);
    return;
  }
  const auto comma = text.find(',');
  if (comma != std::string_view::npos) {
    copy(text.substr(comma + 1), options.mount_options);
    text = text.substr(0, comma);
  }
  const auto colon = text.rfind(':');
  if (colon != std::string_view::npos && colon > 0) {
    const std::string_view type = text.substr(colon + 1);
    // "mtd:jffs2" and "ubi:ubifs" are partitions of these names.
    const std::string_view before = text.substr(0, colon);
    const bool is_name = before == "mtd" || (before.starts_with("ubi") && before.size() <= 4);
    const bool known = std::ranges::find(upper_type_names, type) != std::end(upper_type_names);
    if (known && !is_name) {
      copy(type, options.type);
      text = before;
    }
  }
  copy(text, options.upper);
}

}  // namespace

void parse_overlay(std::string_view text, OverlayOptions& options) {
  read_overlay(text, options);
  // One that was cut would be another device's, or other options.
  if (options.upper.full() || options.mount_options.full() || options.memory_options.full()) {
    options.upper.clear();
    options.mount_options.clear();
    options.memory_options.clear();
  }
}

OverlayOptions overlay_options(const Facts& facts) {
  OverlayOptions options;
  const char* const size = facts.value("linuxrc.overlay.size");
  if (size != nullptr) options.memory_options.append("size=%s", size);
  options.extroot = facts.value("linuxrc.overlay.extroot");
  const OverlayFacts& overlay = facts.overlay;
  const char* const text = facts.value("linuxrc.overlay");
  if (overlay.extroot)
    parse_overlay(options.extroot != nullptr ? options.extroot : overlay.extroot_name, options);
  else if (text != nullptr)
    parse_overlay(text, options);
  else if (facts.overlay.over_root)
    parse_overlay(facts.overlay.data, options);
  const char* const format = facts.value("linuxrc.overlay.format");
  for (const std::string_view known : {"ext4", "f2fs"})
    if (format != nullptr && known == format) copy(known, options.format);
  read_policy(facts.value("linuxrc.overlay.corrupt"), options.policies.corrupt);
  read_policy(facts.value("linuxrc.overlay.foreign"), options.policies.foreign);
  options.policies.reset = facts.command_line.has("linuxrc.reset") || facts.overlay.reset_asked;
  options.reset_media = facts.value("linuxrc.reset.media");
  return options;
}

}  // namespace linuxrc
