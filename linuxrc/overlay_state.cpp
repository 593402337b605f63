#include "linuxrc/overlay_state.hpp"

#include <algorithm>
#include <array>

#include "common/lines.hpp"
#include "linuxrc/volume.hpp"

namespace linuxrc {
namespace {

using Bytes = std::span<const std::byte>;

bool is_filled_with(Bytes head, std::byte value) {
  return !head.empty() && std::ranges::all_of(head, [=](std::byte each) { return each == value; });
}

template <std::size_t Size>
bool has_bytes(Bytes head, std::size_t at, const std::array<unsigned char, Size>& wanted) {
  if (at > head.size() || head.size() - at < Size) return false;
  return std::ranges::equal(head.subspan(at, Size), wanted, [](std::byte have, unsigned char want) {
    return std::to_integer<unsigned char>(have) == want;
  });
}

// Flash has the byte order of the machine that wrote it.
template <std::size_t Size>
bool has_either_way(Bytes head, std::array<unsigned char, Size> wanted) {
  if (has_bytes(head, 0, wanted)) return true;
  std::ranges::reverse(wanted);
  return has_bytes(head, 0, wanted);
}

constexpr std::array<unsigned char, 4> dead_code{0xde, 0xad, 0xc0, 0xde};
constexpr std::array<unsigned char, 2> jffs2_node{0x19, 0x85};
constexpr std::array<unsigned char, 2> ext_magic{0x53, 0xef};
constexpr std::array<unsigned char, 4> f2fs_magic{0x10, 0x20, 0xf5, 0xf2};
constexpr std::array<unsigned char, 4> squashfs_magic{'h', 's', 'q', 's'};
constexpr std::size_t superblock = 1024;  // of ext2 and f2fs

}  // namespace

UpperContents identify_upper(Bytes head) {
  if (is_filled_with(head, std::byte{0xff})) return UpperContents::erased;
  if (is_filled_with(head, std::byte{0})) return UpperContents::zeroes;
  if (has_either_way(head, dead_code)) return UpperContents::dead_code;
  if (has_bytes(head, superblock + 56, ext_magic)) return UpperContents::ext;
  if (has_bytes(head, superblock, f2fs_magic)) return UpperContents::f2fs;
  if (has_either_way(head, jffs2_node)) return UpperContents::jffs2;
  if (identify_volume(head) || has_bytes(head, 0, squashfs_magic)) return UpperContents::other;
  return UpperContents::unknown;
}

const char* upper_types(UpperContents contents) {
  switch (contents) {
    case UpperContents::ext:
      return "ext4,ext3,ext2";
    case UpperContents::f2fs:
      return "f2fs";
    case UpperContents::jffs2:
      return "jffs2";
    default:
      return "";
  }
}

UpperState upper_state(const UpperProbe& probe) {
  if (!probe.found) return UpperState::absent;
  if (!probe.mounted) {
    const bool blank = probe.contents == UpperContents::erased ||
                       probe.contents == UpperContents::zeroes ||
                       probe.contents == UpperContents::dead_code;
    return blank ? UpperState::unformatted : UpperState::corrupt;
  }
  if (probe.mark == UpperMark::pending) return UpperState::resetting;
  if (probe.strange) return UpperState::corrupt;
  // The old one is set aside, and what takes its place was made for this root.
  if (probe.missing && probe.copied) return UpperState::ready;
  const bool has_changes = probe.used || probe.mark != UpperMark::none;
  if (has_changes && probe.lower_differs) return UpperState::foreign;
  return has_changes ? UpperState::ready : UpperState::fresh;
}

UpperUse use_of(const UpperProbe& probe, const UpperPolicies& policies) {
  const UpperState state = upper_state(probe);
  if (!probe.mounted) return UpperUse::memory;
  if (state == UpperState::resetting || policies.reset) return UpperUse::wipe;
  if (state != UpperState::corrupt && state != UpperState::foreign) return UpperUse::as_it_is;
  switch (state == UpperState::corrupt ? policies.corrupt : policies.foreign) {
    case UpperPolicy::keep:
      return UpperUse::as_it_is;
    case UpperPolicy::quarantine:
      return UpperUse::set_aside;
    case UpperPolicy::listed:
      // What is corrupt has no lists that could be trusted.
      if (state == UpperState::foreign) return UpperUse::keep_listed;
      break;
    case UpperPolicy::reset:
      return UpperUse::wipe;
    case UpperPolicy::tmpfs:
      break;
  }
  return UpperUse::memory;
}

UpperMark parse_mark(std::string_view link) {
  if (link.empty()) return UpperMark::none;
  if (link == mark_pending) return UpperMark::pending;
  return link == mark_ready ? UpperMark::ready : UpperMark::other;
}

Identity identity_of_release(std::string_view os_release) {
  constexpr std::string_view name = "BUILD_ID=";
  Identity identity;
  while (const auto line = common::next_line(os_release)) {
    if (!line->starts_with(name)) continue;
    std::string_view value = line->substr(name.size());
    // The file is a shell's: the value may be quoted.
    for (const char quote : {'"', '\''})
      if (value.size() >= 2 && value.front() == quote && value.back() == quote)
        value = value.substr(1, value.size() - 2);
    identity.clear();
    if (!value.empty()) identity.append("build:%.*s", static_cast<int>(value.size()), value.data());
  }
  return identity;
}

Identity identity_of_device(Bytes head) {
  Identity identity;
  if (const auto volume = identify_volume(head); volume && !volume->uuid.empty()) {
    identity.append("uuid:%s", volume->uuid.c_str());
  } else if (has_bytes(head, 0, squashfs_magic) && head.size() >= 48) {
    // Documentation/filesystems/squashfs.rst: mkfs_time at 8, bytes_used at 40.
    identity.append("squashfs:%08x-%08x%08x", le32(head, 8), le32(head, 44), le32(head, 40));
  }
  return identity;
}

const char* describe(UpperState state) {
  switch (state) {
    case UpperState::absent:
      return "absent";
    case UpperState::unformatted:
      return "unformatted";
    case UpperState::fresh:
      return "fresh";
    case UpperState::ready:
      return "ready";
    case UpperState::resetting:
      return "resetting";
    case UpperState::corrupt:
      return "corrupt";
    case UpperState::foreign:
      return "foreign";
  }
  return "";
}

const char* describe(UpperUse use) {
  switch (use) {
    case UpperUse::as_it_is:
      return "used as it is";
    case UpperUse::wipe:
      return "reset";
    case UpperUse::set_aside:
      return "set aside";
    case UpperUse::keep_listed:
      return "set aside but for the listed files";
    case UpperUse::memory:
      return "left alone: what is changed now is in memory, and gone with the next boot";
  }
  return "";
}

}  // namespace linuxrc
