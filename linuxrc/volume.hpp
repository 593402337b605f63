// What a block device says of itself in its first bytes: the label and UUID of its file system, and
// its partitions. Pure: the caller reads the bytes, which others have written and which may be
// anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/text.hpp"

namespace linuxrc {

// Bytes from the start of a device that these functions look at: btrfs's superblock is at 64 KiB.
constexpr std::size_t volume_window = 68 * 1024;

struct Volume {
  common::Text<40> uuid;    // as blkid prints it, in lower case; FAT's in upper case: "4A3B-11C2"
  common::Text<264> label;  // without trailing blanks; empty when there is none
};

// ext2/3/4, XFS, btrfs and FAT. Nothing for any other contents: swap among them, which is never a
// root.
std::optional<Volume> identify_volume(std::span<const std::byte> head);

// The root directory of a FAT, where its label is; the one in the first bytes may be an older one.
struct FatDirectory {
  std::uint64_t offset = 0;  // bytes from the start of the device
  std::size_t bytes = 0;     // of FAT32 those of the first cluster; 0 where there is no FAT
};
FatDirectory fat_root_directory(std::span<const std::byte> head);
// The label among a directory's entries; nothing when it has none.
std::optional<common::Text<16>> fat_label(std::span<const std::byte> entries);

// The number of the partition with this PARTUUID: of a GPT the entry's own UUID, of an MBR the disk
// signature and a number, "1a2b3c4d-02" (any of the extended partition's, too). `sector_size` in
// bytes places the GPT.
std::optional<unsigned> find_partition_uuid(std::span<const std::byte> head, unsigned sector_size,
                                            std::string_view uuid);
// The number of the GPT partition with this name.
std::optional<unsigned> find_partition_label(std::span<const std::byte> head, unsigned sector_size,
                                             std::string_view label);

// Where the entries of a GPT begin, in bytes from the start of the disk, when that is not in
// `head`; else 0. Whoever reads them may put them behind `head`, with move_gpt_entries().
std::uint64_t far_gpt_entries(std::span<const std::byte> head, unsigned sector_size);
// The header in `head` is to say that they begin at byte `at`, a multiple of `sector_size`.
void move_gpt_entries(std::span<std::byte> head, unsigned sector_size, std::size_t at);

// The number at byte `at` of `head`, least significant byte first; bytes that are not there are 0.
std::uint32_t le32(std::span<const std::byte> head, std::size_t at);

// UUIDs and serial numbers compare without regard to case.
bool same_uuid(std::string_view one, std::string_view other);

}  // namespace linuxrc
