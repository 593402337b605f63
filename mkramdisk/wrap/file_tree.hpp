// The files of an image, read from its file system without mounting it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "rdload/identify.hpp"

namespace mkramdisk::wrap {

// The bytes of an image in an open file.
struct ImageBytes {
  int fd = -1;
  std::uint64_t begin = 0;
  std::uint64_t bytes = 0;
  // False where the image ends before, or cannot be read.
  [[nodiscard]] bool read(std::uint64_t at, std::span<std::byte> into) const;
};

class FileTree {
 public:
  static constexpr std::size_t head_bytes = 4096;

  FileTree() = default;
  FileTree(const FileTree&) = delete;
  FileTree& operator=(const FileTree&) = delete;
  virtual ~FileTree() = default;

  // Both follow symbolic links, inside of the image, as a program there would.
  // The mode, with the type of stat(2), or 0 when the path leads to nothing.
  unsigned mode(std::string_view path);
  // The first bytes of a file; fewer where it is shorter or cannot be read.
  std::vector<std::byte> head(std::string_view path);

 protected:
  struct Entry {
    unsigned mode = 0;        // as stat(2) has it
    std::uint64_t where = 0;  // what the file system knows it by
    std::uint64_t bytes = 0;  // of a file or a link
  };
  virtual std::optional<Entry> root() = 0;
  // Nothing when there is no such name in the folder, or what is there is damaged.
  virtual std::optional<Entry> child(const Entry& folder, std::string_view name) = 0;
  // At most head_bytes of a file, or the text of a symbolic link.
  virtual std::vector<std::byte> read(const Entry& entry) = 0;

 private:
  std::optional<Entry> walk(std::string_view path);
};

// Of `format`, whose image must outlive it. Null when its files are not looked at here: erofs,
// btrfs, ISO 9660. Errors: corrupt where it cannot be opened.
common::Result<std::unique_ptr<FileTree>> open_tree(rdload::Format format, const ImageBytes& image,
                                                    const std::string& name);

common::Result<std::unique_ptr<FileTree>> open_ext2(const ImageBytes& image,
                                                    const std::string& name);
common::Result<std::unique_ptr<FileTree>> open_squashfs(const ImageBytes& image,
                                                        const std::string& name);
std::unique_ptr<FileTree> open_romfs(const ImageBytes& image);
std::unique_ptr<FileTree> open_cramfs(const ImageBytes& image);
std::unique_ptr<FileTree> open_minix(const ImageBytes& image);

}  // namespace mkramdisk::wrap
