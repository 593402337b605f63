#include "linuxrc/extroot.hpp"

#include "common/lines.hpp"
#include "linuxrc/md5.hpp"
#include "linuxrc/volume.hpp"

namespace linuxrc {
namespace {

constexpr std::string_view blanks = " \t\r";

// Takes a word of UCI off `line`: blanks end it, unless it is quoted.
std::string_view take_word(std::string_view& line) {
  const auto begin = line.find_first_not_of(blanks);
  line.remove_prefix(begin == std::string_view::npos ? line.size() : begin);
  if (line.empty()) return {};
  const char first = line.front();
  const bool quoted = first == '\'' || first == '"';
  if (quoted) line.remove_prefix(1);
  const auto end = quoted ? line.find(first) : line.find_first_of(blanks);
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return word;
}

struct MountSection {
  bool is_mount = false;
  bool is_overlay = false;
  bool is_off = false;
  std::string_view uuid;
  std::string_view label;
  std::string_view device;
  std::string_view type;

  void take_option(std::string_view name, std::string_view value) {
    if (name == "target") is_overlay = value == "/overlay";
    if (name == "enabled") is_off = value == "0";
    if (name == "uuid") uuid = value;
    if (name == "label") label = value;
    if (name == "device") device = value;
    if (name == "fstype") type = value;
  }

  [[nodiscard]] ExtrootName name() const {
    ExtrootName name;
    if (!is_mount || !is_overlay || is_off) return name;
    const bool by_uuid = !uuid.empty();
    const bool by_label = !by_uuid && !label.empty();
    const std::string_view text = by_uuid ? uuid : by_label ? label : device;
    if (text.empty()) return name;
    name.append("%s%.*s",
                by_uuid    ? "UUID="
                : by_label ? "LABEL="
                           : "",
                static_cast<int>(text.size()), text.data());
    if (!type.empty() && type != "auto")
      name.append(":%.*s", static_cast<int>(type.size()), type.data());
    if (name.full()) name.clear();  // cut: it would be another disk's
    return name;
  }
};

constexpr std::string_view squashfs_magic = "hsqs";
constexpr std::size_t squashfs_superblock = 96;  // bytes

}  // namespace

ExtrootName extroot_of_fstab(std::string_view fstab) {
  MountSection section;
  while (const auto next = common::next_line(fstab)) {
    std::string_view line = *next;
    const std::string_view kind = take_word(line);
    if (kind == "option") {
      const std::string_view name = take_word(line);
      section.take_option(name, take_word(line));
    }
    if (kind != "config") continue;
    if (const ExtrootName name = section.name(); !name.empty()) return name;
    section = {};
    section.is_mount = take_word(line) == "mount";
  }
  return section.name();
}

RootUuid root_uuid(std::span<const std::byte> head) {
  RootUuid uuid;
  if (const auto volume = identify_volume(head); volume && !volume->uuid.empty()) {
    uuid.append("%s", volume->uuid.c_str());
  } else if (head.size() >= squashfs_superblock &&
             std::string_view(reinterpret_cast<const char*>(head.data()), 4) == squashfs_magic) {
    const auto sum = md5_of(head.first(squashfs_superblock));
    uuid.append("%02x%02x-%02x%02x", sum[3], sum[2], sum[1], sum[0]);
  }
  return uuid;
}

}  // namespace linuxrc
