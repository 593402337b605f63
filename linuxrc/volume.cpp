#include "linuxrc/volume.hpp"

#include <algorithm>
#include <array>

namespace linuxrc {

using Bytes = std::span<const std::byte>;

namespace {

std::uint32_t byte_at(Bytes bytes, std::size_t at) {
  return at < bytes.size() ? std::to_integer<std::uint32_t>(bytes[at]) : 0;
}
std::uint32_t le16(Bytes bytes, std::size_t at) {
  return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8;
}

}  // namespace

std::uint32_t le32(Bytes bytes, std::size_t at) {
  return le16(bytes, at) | le16(bytes, at + 2) << 16;
}

namespace {

std::uint64_t le64(Bytes bytes, std::size_t at) {
  return le32(bytes, at) | static_cast<std::uint64_t>(le32(bytes, at + 4)) << 32;
}
bool has_text(Bytes bytes, std::size_t at, std::string_view text) {
  if (at > bytes.size() || bytes.size() - at < text.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (byte_at(bytes, at + i) != static_cast<unsigned char>(text[i])) return false;
  return true;
}

// Up to `size` characters, ended by NUL; trailing blanks are padding.
template <std::size_t Capacity>
void append_label(Bytes bytes, std::size_t at, std::size_t size, common::Text<Capacity>& label) {
  std::size_t length = 0;
  while (length < size && byte_at(bytes, at + length) != 0) ++length;
  while (length > 0 && byte_at(bytes, at + length - 1) == ' ') --length;
  for (std::size_t i = 0; i < length; ++i)
    label.append("%c", static_cast<int>(byte_at(bytes, at + i)));
}

template <std::size_t Capacity>
void append_uuid(Bytes bytes, std::size_t at, common::Text<Capacity>& uuid) {
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) uuid.append("-");
    uuid.append("%02x", byte_at(bytes, at + i));
  }
}

// The first three fields of an EFI GUID are little-endian (UEFI, appendix A).
void append_guid(Bytes bytes, std::size_t at, common::Text<40>& guid) {
  guid.append("%08x-%04x-%04x-%02x%02x-", le32(bytes, at), le16(bytes, at + 4), le16(bytes, at + 6),
              byte_at(bytes, at + 8), byte_at(bytes, at + 9));
  for (std::size_t i = 10; i < 16; ++i) guid.append("%02x", byte_at(bytes, at + i));
}

bool read_ext(Bytes head, Volume& volume) {
  constexpr std::size_t superblock = 1024;
  if (le16(head, superblock + 0x38) != 0xef53) return false;
  append_uuid(head, superblock + 0x68, volume.uuid);
  append_label(head, superblock + 0x78, 16, volume.label);
  return true;
}

bool read_xfs(Bytes head, Volume& volume) {
  if (!has_text(head, 0, "XFSB")) return false;
  append_uuid(head, 32, volume.uuid);
  append_label(head, 108, 12, volume.label);
  return true;
}

bool read_btrfs(Bytes head, Volume& volume) {
  constexpr std::size_t superblock = 0x10000;
  if (!has_text(head, superblock + 0x40, "_BHRfS_M")) return false;
  append_uuid(head, superblock + 0x20, volume.uuid);
  append_label(head, superblock + 0x12b, 256, volume.label);
  return true;
}

bool is_fat32(Bytes head) {
  return has_text(head, 0x52, "FAT32   ");
}

bool is_fat(Bytes head) {
  return le16(head, 510) == 0xaa55 &&
         (is_fat32(head) || has_text(head, 0x36, "FAT12   ") || has_text(head, 0x36, "FAT16   "));
}

// FAT32 keeps its serial number and label 28 bytes further on than FAT12 and FAT16.
bool read_fat(Bytes head, Volume& volume) {
  const std::size_t at = is_fat32(head) ? 0x42 : 0x26;
  if (!is_fat(head) || byte_at(head, at) != 0x29) return false;
  volume.uuid.append("%04X-%04X", le16(head, at + 3), le16(head, at + 1));
  append_label(head, at + 5, 11, volume.label);
  if (volume.label.view() == "NO NAME") volume.label.clear();
  return true;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr std::size_t gpt_entries_field = 72;  // of the header, a number of sectors

// Calls `matches(offset of the entry)` for each used entry of a GPT; the number of the first that
// matches.
template <class Matches>
std::optional<unsigned> find_in_gpt(Bytes head, unsigned sector_size, Matches matches) {
  if (!has_text(head, sector_size, "EFI PART")) return std::nullopt;
  const std::uint64_t table = le64(head, sector_size + gpt_entries_field) * sector_size;
  const std::uint32_t count = le32(head, sector_size + 80);
  const std::uint32_t size = le32(head, sector_size + 84);
  if (size < 128 || table >= head.size()) return std::nullopt;
  for (unsigned i = 0; i < count; ++i) {
    const std::uint64_t at = table + std::uint64_t{i} * size;
    if (at + 128 > head.size()) return std::nullopt;
    const auto entry = static_cast<std::size_t>(at);
    if (le64(head, entry) == 0 && le64(head, entry + 8) == 0) continue;  // unused
    if (matches(entry)) return i + 1;
  }
  return std::nullopt;
}

// An entry's name is UTF-16; other than ASCII is not compared.
bool has_name(Bytes head, std::size_t entry, std::string_view name) {
  constexpr std::size_t longest = 36;
  if (name.size() > longest) return false;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (le16(head, entry + 56 + 2 * i) != static_cast<unsigned char>(name[i])) return false;
  return name.size() == longest || le16(head, entry + 56 + 2 * name.size()) == 0;
}

// "1a2b3c4d-02": the disk's signature and the number of a partition.
std::optional<unsigned> find_in_mbr(Bytes head, std::string_view uuid) {
  constexpr std::uint32_t protects_a_gpt = 0xee;
  if (uuid.size() != 11 || uuid[8] != '-' || le16(head, 510) != 0xaa55) return std::nullopt;
  for (std::size_t entry = 446; entry < 510; entry += 16)
    if (byte_at(head, entry + 4) == protects_a_gpt) return std::nullopt;
  common::Text<16> signature;
  signature.append("%08x", le32(head, 440));
  // Of zero as well, which the kernel takes for a signature like any other.
  if (!same_uuid(signature.view(), uuid.substr(0, 8))) return std::nullopt;
  unsigned number = 0;
  for (const char c : uuid.substr(9)) {
    const char digit = lower(c);
    const bool decimal = digit >= '0' && digit <= '9';
    if (!decimal && (digit < 'a' || digit > 'f')) return std::nullopt;
    number = number * 16 + static_cast<unsigned>(decimal ? digit - '0' : digit - 'a' + 10);
  }
  return number == 0 ? std::nullopt : std::optional(number);
}

}  // namespace

std::optional<Volume> identify_volume(Bytes head) {
  Volume volume;
  if (read_ext(head, volume) || read_xfs(head, volume) || read_btrfs(head, volume) ||
      read_fat(head, volume))
    return volume;
  return std::nullopt;
}

FatDirectory fat_root_directory(Bytes head) {
  constexpr std::uint32_t entry_bytes = 32;
  const std::uint64_t sector = le16(head, 11);
  if (!is_fat(head) || sector < 512 || sector > 4096) return {};
  const bool fat32 = is_fat32(head);
  const std::uint64_t fat_sectors = fat32 ? le32(head, 36) : le16(head, 22);
  const std::uint64_t behind_fats = le16(head, 14) + byte_at(head, 16) * fat_sectors;
  if (!fat32) return {behind_fats * sector, le16(head, 17) * entry_bytes};
  const std::uint64_t cluster_sectors = byte_at(head, 13);
  const std::uint32_t cluster = le32(head, 44);  // the first one has the number 2
  if (cluster < 2) return {};
  return {(behind_fats + (cluster - 2) * cluster_sectors) * sector,
          static_cast<std::size_t>(cluster_sectors * sector)};
}

std::optional<common::Text<16>> fat_label(Bytes entries) {
  for (std::size_t at = 0; at + 32 <= entries.size(); at += 32) {
    const std::uint32_t first = byte_at(entries, at);
    if (first == 0) break;  // nor any behind it
    // Of a long name all four low bits are set; 0xe5 is deleted.
    const bool is_label = (byte_at(entries, at + 11) & 0x1fU) == 0x08;
    if (first == 0xe5 || !is_label) continue;
    std::array<std::byte, 11> name{};
    std::copy_n(entries.begin() + static_cast<std::ptrdiff_t>(at), name.size(), name.begin());
    if (first == 0x05) name[0] = std::byte{0xe5};  // what cannot stand there
    common::Text<16> label;
    append_label(name, 0, name.size(), label);
    return label;
  }
  return std::nullopt;
}

std::optional<unsigned> find_partition_uuid(Bytes head, unsigned sector_size,
                                            std::string_view uuid) {
  const auto number = find_in_gpt(head, sector_size, [&](std::size_t entry) {
    common::Text<40> guid;
    append_guid(head, entry + 16, guid);
    return same_uuid(guid.view(), uuid);
  });
  return number ? number : find_in_mbr(head, uuid);
}

std::optional<unsigned> find_partition_label(Bytes head, unsigned sector_size,
                                             std::string_view label) {
  if (label.empty()) return std::nullopt;
  return find_in_gpt(head, sector_size,
                     [&](std::size_t entry) { return has_name(head, entry, label); });
}

std::uint64_t far_gpt_entries(Bytes head, unsigned sector_size) {
  constexpr std::uint64_t most_sectors = std::uint64_t{1} << 48;
  if (!has_text(head, sector_size, "EFI PART")) return 0;
  const std::uint64_t sector = le64(head, sector_size + gpt_entries_field);
  return sector < most_sectors && sector * sector_size >= head.size() ? sector * sector_size : 0;
}

void move_gpt_entries(std::span<std::byte> head, unsigned sector_size, std::size_t at) {
  std::size_t sector = at / sector_size;
  for (std::byte& byte : head.subspan(sector_size + gpt_entries_field, 8)) {
    byte = static_cast<std::byte>(sector & 0xff);
    sector >>= 8;
  }
}

bool same_uuid(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, [](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace linuxrc
