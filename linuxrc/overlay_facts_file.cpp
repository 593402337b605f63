// The overlay's facts as text; docs/facts.md lists them.
#include <cstring>

#include "linuxrc/facts.hpp"

namespace linuxrc {
namespace {

struct ContentsName {
  std::string_view name;
  UpperContents contents;
};
constexpr ContentsName contents_names[] = {
    {"unknown", UpperContents::unknown}, {"erased", UpperContents::erased},
    {"zeroes", UpperContents::zeroes},   {"dead_code", UpperContents::dead_code},
    {"ext", UpperContents::ext},         {"f2fs", UpperContents::f2fs},
    {"jffs2", UpperContents::jffs2},     {"other", UpperContents::other}};

struct Flag {
  std::string_view name;
  bool* value;
};

template <std::size_t Size>
bool read_text_fact(std::string_view value, char (&into)[Size]) {
  if (value.empty() || value.size() >= Size) return false;
  std::memcpy(into, value.data(), value.size());
  into[value.size()] = '\0';
  return true;
}

}  // namespace

bool read_overlay_fact(std::string_view name, std::string_view value, OverlayFacts& facts) {
  constexpr std::string_view prefix = "overlay.";
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  if (name == "lower") return facts.lower_known = read_text_fact(value, facts.lower);
  if (name == "data") return read_text_fact(value, facts.data);
  if (name == "root_uuid") return read_text_fact(value, facts.root_uuid);
  if (name == "mark") {
    facts.upper.mark = parse_mark(value);
    return true;
  }
  if (name == "contents") {
    for (const ContentsName& row : contents_names) {
      if (row.name != value) continue;
      facts.upper.contents = row.contents;
      return true;
    }
    return false;
  }
  UpperProbe& upper = facts.upper;
  const Flag flags[] = {{"old_type", &facts.old_type},
                        {"reset_asked", &facts.reset_asked},
                        {"fallback", &facts.fallback},
                        {"by_request", &facts.by_request},
                        {"carry", &facts.carry},
                        {"over_root", &facts.over_root},
                        {"has_point", &facts.has_point},
                        {"tmp_mounted", &facts.tmp_mounted},
                        {"memory_in_tmp", &facts.memory_in_tmp},
                        {"extroot", &facts.extroot},
                        {"found", &upper.found},
                        {"mounted", &upper.mounted},
                        {"used", &upper.used},
                        {"strange", &upper.strange},
                        {"stale_work", &upper.stale_work},
                        {"lower_recorded", &upper.lower_recorded},
                        {"lower_differs", &upper.lower_differs},
                        {"missing", &upper.missing},
                        {"copied", &upper.copied},
                        {"memory_kept", &upper.memory_kept},
                        {"root_recorded", &upper.root_recorded}};
  for (const Flag& flag : flags) {
    if (flag.name != name) continue;
    *flag.value = value == "yes";
    return value == "yes" || value == "no";
  }
  return false;
}

}  // namespace linuxrc
