// cramfs, as fs/cramfs/README and include/uapi/linux/cramfs_fs.h of the kernel describe it: inodes
// of 12 bytes in their folders, and contents in pages, each compressed by zlib. Images of the other
// byte order are not read.
#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <array>

#include "mkramdisk/wrap/file_tree.hpp"

namespace mkramdisk::wrap {
namespace {

constexpr std::size_t inode_bytes = 12;
constexpr std::size_t page = 4096;
constexpr std::uint64_t superblock_bytes = 64;  // the root's inode ends it

std::uint32_t little_endian(const std::byte* at) {
  std::uint32_t number = 0;
  for (int i = 3; i >= 0; --i) number = number << 8 | std::to_integer<std::uint32_t>(at[i]);
  return number;
}

class Cramfs final : public FileTree {
 public:
  explicit Cramfs(const ImageBytes& image) : image_(image) {}

 protected:
  // An image that begins behind a boot sector has its superblock there.
  std::optional<Entry> root() override {
    constexpr std::uint32_t magic = 0x28cd3d45;
    for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{512}}) {
      std::array<std::byte, 4> raw{};
      if (image_.read(at, raw) && little_endian(raw.data()) == magic)
        if (const auto inode = inode_at(at + superblock_bytes)) return inode->entry;
    }
    return std::nullopt;
  }

  std::optional<Entry> child(const Entry& folder, std::string_view name) override {
    const std::uint64_t end = folder.where + folder.bytes;
    for (std::uint64_t at = folder.where; at < end;) {
      const auto inode = inode_at(at);
      if (!inode) return std::nullopt;
      std::string found(inode->name_bytes, '\0');
      if (!image_.read(at + inode_bytes, std::as_writable_bytes(std::span(found))))
        return std::nullopt;
      found.resize(std::min(found.find('\0'), found.size()));
      if (found == name) return inode->entry;
      at += inode_bytes + inode->name_bytes;
    }
    return std::nullopt;
  }

  // The first page: after a table of where each page ends.
  std::vector<std::byte> read(const Entry& entry) override {
    static_assert(head_bytes == page);
    const std::uint64_t pages = (entry.bytes + page - 1) / page;
    const std::uint64_t begin = entry.where + 4 * pages;
    std::array<std::byte, 4> raw{};
    if (pages == 0 || !image_.read(entry.where, raw)) return {};
    const std::uint32_t end = little_endian(raw.data());
    if (end <= begin || end - begin > 2 * page) return {};  // empty pages are no bytes
    std::vector<std::byte> packed(end - begin);
    std::vector<std::byte> bytes(page);
    auto size = static_cast<uLongf>(bytes.size());
    if (!image_.read(begin, packed) ||
        ::uncompress(reinterpret_cast<Bytef*>(bytes.data()), &size,
                     reinterpret_cast<const Bytef*>(packed.data()), packed.size()) != Z_OK)
      return {};
    bytes.resize(std::min<std::uint64_t>(size, entry.bytes));
    return bytes;
  }

 private:
  struct Inode {
    Entry entry;
    std::size_t name_bytes;
  };

  [[nodiscard]] std::optional<Inode> inode_at(std::uint64_t at) const {
    std::array<std::byte, inode_bytes> raw{};
    if (!image_.read(at, raw)) return std::nullopt;
    const std::uint32_t last = little_endian(&raw[8]);  // 6 bits of name, 26 of place, in words
    return Inode{{little_endian(raw.data()) & 0xffff, std::uint64_t{last >> 6} * 4,
                  little_endian(&raw[4]) & 0xffffff},
                 std::size_t{last & 0x3f} * 4};
  }

  ImageBytes image_;
};

}  // namespace

std::unique_ptr<FileTree> open_cramfs(const ImageBytes& image) {
  return std::make_unique<Cramfs>(image);
}

}  // namespace mkramdisk::wrap
