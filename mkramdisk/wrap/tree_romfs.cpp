// romfs, as Documentation/filesystems/romfs.rst of the kernel describes it: headers of 16 bytes, a
// name that is padded to 16, the data. A folder's entries are a list.
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "mkramdisk/wrap/file_tree.hpp"

namespace mkramdisk::wrap {
namespace {

constexpr std::size_t unit = 16;
constexpr std::size_t header_bytes = 16;

std::uint32_t big_endian(const std::byte* at) {
  std::uint32_t number = 0;
  for (int i = 0; i < 4; ++i) number = number << 8 | std::to_integer<std::uint32_t>(at[i]);
  return number;
}

class Romfs final : public FileTree {
 public:
  explicit Romfs(const ImageBytes& image) : image_(image) {}

 protected:
  std::optional<Entry> root() override {
    const auto volume = name_at(header_bytes);
    if (!volume) return std::nullopt;
    // The first header is that of "." in most images, and always one of the root's own list.
    return Entry{S_IFDIR | 0755, header_bytes + padded(volume->size()), 0};
  }

  std::optional<Entry> child(const Entry& folder, std::string_view name) override {
    std::uint64_t at = folder.where;
    // A list that leads back to itself ends, too.
    for (std::uint64_t left = image_.bytes / unit; at != 0 && left > 0; --left) {
      const auto header = header_at(at);
      const auto found = header ? name_at(at + header_bytes) : std::nullopt;
      if (!found) return std::nullopt;
      if (*found == name) return entry_of(*header, at + header_bytes + padded(found->size()));
      at = header->next;
    }
    return std::nullopt;
  }

  std::vector<std::byte> read(const Entry& entry) override {
    std::vector<std::byte> bytes(std::min<std::uint64_t>(entry.bytes, head_bytes));
    if (!image_.read(entry.where, bytes)) bytes.clear();
    return bytes;
  }

 private:
  struct Header {
    std::uint32_t next, type, info, bytes;
    bool executable;
  };

  static std::uint64_t padded(std::size_t name) { return (name / unit + 1) * unit; }

  [[nodiscard]] std::optional<Header> header_at(std::uint64_t at) const {
    std::array<std::byte, header_bytes> raw{};
    if (!image_.read(at, raw)) return std::nullopt;
    const std::uint32_t next = big_endian(raw.data());
    return Header{next & ~15U, next & 7U, big_endian(&raw[4]), big_endian(&raw[8]),
                  (next & 8U) != 0};
  }

  [[nodiscard]] std::optional<std::string> name_at(std::uint64_t at) const {
    std::string name;
    std::array<std::byte, unit> piece{};
    while (name.size() < head_bytes && image_.read(at + name.size(), piece)) {
      const auto* const end = std::find(piece.begin(), piece.end(), std::byte{0});
      name.append(reinterpret_cast<const char*>(piece.data()),
                  static_cast<std::size_t>(end - piece.begin()));
      if (end != piece.end()) return name;
    }
    return std::nullopt;
  }

  // `data` is where the header and its name end.
  std::optional<Entry> entry_of(Header header, std::uint64_t data) const {
    constexpr std::uint32_t hard_link = 0;
    if (header.type == hard_link) {
      const std::uint64_t target = header.info;
      const auto other = header_at(target);
      const auto name = other ? name_at(target + header_bytes) : std::nullopt;
      if (!name || other->type == hard_link) return std::nullopt;
      header = *other;
      data = target + header_bytes + padded(name->size());
    }
    constexpr std::array<unsigned, 8> types = {0,       S_IFDIR, S_IFREG,  S_IFLNK,
                                               S_IFBLK, S_IFCHR, S_IFSOCK, S_IFIFO};
    const unsigned mode = types.at(header.type) | (header.executable ? 0755U : 0644U);
    return Entry{mode, S_ISDIR(mode) ? header.info : data, header.bytes};
  }

  ImageBytes image_;
};

}  // namespace

std::unique_ptr<FileTree> open_romfs(const ImageBytes& image) {
  return std::make_unique<Romfs>(image);
}

}  // namespace mkramdisk::wrap
