// minix of version 1, with names of 14 or 30 characters: what the kernel loads onto a RAM disk. The
// format is that of include/uapi/linux/minix_fs.h: inodes of 32 bytes with seven zones of 1 KiB, an
// indirect and a double indirect one.
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "mkramdisk/wrap/file_tree.hpp"

namespace mkramdisk::wrap {
namespace {

constexpr std::uint64_t block = 1024;
constexpr std::uint64_t inode_bytes = 32;
constexpr std::size_t direct_zones = 7;
constexpr std::uint64_t pointers = block / 2;  // in an indirect zone

unsigned little_endian(const std::byte* at) {
  return std::to_integer<unsigned>(at[0]) | std::to_integer<unsigned>(at[1]) << 8;
}

class Minix final : public FileTree {
 public:
  explicit Minix(const ImageBytes& image) : image_(image) {
    std::array<std::byte, 20> super{};
    if (!image_.read(block, super)) return;
    inodes_ = little_endian(super.data());
    table_ = (2 + little_endian(&super[4]) + little_endian(&super[6])) * block;
    constexpr unsigned magic_30 = 0x138f;
    name_bytes_ = little_endian(&super[16]) == magic_30 ? 30 : 14;
  }

 protected:
  std::optional<Entry> root() override { return entry_of(1); }

  std::optional<Entry> child(const Entry& folder, std::string_view name) override {
    const std::size_t entry_bytes = 2 + name_bytes_;
    for (std::uint64_t at = 0; at < folder.bytes; at += block) {
      std::array<std::byte, block> data{};
      if (!read_block(folder, at / block, data)) return std::nullopt;
      for (std::size_t i = 0; i + entry_bytes <= block; i += entry_bytes) {
        const unsigned number = little_endian(&data[i]);
        std::string found(reinterpret_cast<const char*>(&data[i + 2]), name_bytes_);
        found.resize(std::min(found.find('\0'), found.size()));
        if (number != 0 && found == name) return entry_of(number);
      }
    }
    return std::nullopt;
  }

  std::vector<std::byte> read(const Entry& entry) override {
    std::vector<std::byte> bytes(head_bytes);
    for (std::uint64_t at = 0; at < std::min<std::uint64_t>(entry.bytes, head_bytes); at += block)
      if (!read_block(entry, at / block, std::span(bytes).subspan(at, block))) return {};
    bytes.resize(std::min<std::uint64_t>(entry.bytes, head_bytes));
    return bytes;
  }

 private:
  [[nodiscard]] std::optional<Entry> entry_of(unsigned number) const {
    std::array<std::byte, inode_bytes> raw{};
    const std::uint64_t at = table_ + (std::uint64_t{number} - 1) * inode_bytes;
    if (number == 0 || number > inodes_ || !image_.read(at, raw)) return std::nullopt;
    const std::uint64_t bytes = little_endian(&raw[4]) | std::uint64_t{little_endian(&raw[6])}
                                                             << 16;
    return Entry{little_endian(raw.data()), at, bytes};
  }

  // Zone `index` of those that the zone `pointer` lists.
  [[nodiscard]] unsigned listed(unsigned pointer, std::uint64_t index) const {
    std::array<std::byte, 2> raw{};
    if (pointer == 0 || !image_.read(pointer * block + 2 * index, raw)) return 0;
    return little_endian(raw.data());
  }

  // A zone that is not there is a hole.
  bool read_block(const Entry& entry, std::uint64_t index, std::span<std::byte> into) const {
    std::array<std::byte, inode_bytes> raw{};
    if (!image_.read(entry.where, raw)) return false;
    const auto zone_of = [&](std::size_t slot) { return little_endian(&raw[14 + 2 * slot]); };
    unsigned zone = 0;
    if (index < direct_zones)
      zone = zone_of(index);
    else if (index - direct_zones < pointers)
      zone = listed(zone_of(direct_zones), index - direct_zones);
    else if (const std::uint64_t far = index - direct_zones - pointers; far < pointers * pointers)
      zone = listed(listed(zone_of(direct_zones + 1), far / pointers), far % pointers);
    std::fill(into.begin(), into.end(), std::byte{0});
    return zone == 0 || image_.read(zone * block, into);
  }

  ImageBytes image_;
  std::uint64_t inodes_ = 0;
  std::uint64_t table_ = 0;  // where the inodes begin
  std::size_t name_bytes_ = 14;
};

}  // namespace

std::unique_ptr<FileTree> open_minix(const ImageBytes& image) {
  return std::make_unique<Minix>(image);
}

}  // namespace mkramdisk::wrap
