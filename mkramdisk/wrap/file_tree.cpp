#include "mkramdisk/wrap/file_tree.hpp"

#include <sys/stat.h>

#include "common/io.hpp"

namespace mkramdisk::wrap {

using common::Result;

bool ImageBytes::read(std::uint64_t at, std::span<std::byte> into) const {
  if (at > bytes || into.size() > bytes - at) return false;
  const auto got = common::pread_full(fd, into, begin + at, "the image");
  return got && *got == into.size();
}

std::optional<FileTree::Entry> FileTree::walk(std::string_view path) {
  constexpr int most_links = 40;  // as the kernel (MAXSYMLINKS)
  std::vector<Entry> folders;     // from the root to where we are
  const auto top = root();
  if (!top) return std::nullopt;
  folders.push_back(*top);
  std::string rest(path);
  for (int links = 0; !rest.empty();) {
    const auto slash = rest.find('/');
    const std::string name = rest.substr(0, slash);
    rest.erase(0, slash == std::string::npos ? rest.size() : slash + 1);
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      if (folders.size() > 1) folders.pop_back();
      continue;
    }
    if (!S_ISDIR(folders.back().mode)) return std::nullopt;
    const auto found = child(folders.back(), name);
    if (!found) return std::nullopt;
    if (!S_ISLNK(found->mode)) {
      folders.push_back(*found);
      continue;
    }
    if (++links > most_links) return std::nullopt;
    const auto target = read(*found);
    std::string text(reinterpret_cast<const char*>(target.data()), target.size());
    if (text.starts_with('/')) folders.resize(1);
    rest = text + "/" + rest;
  }
  return folders.back();
}

unsigned FileTree::mode(std::string_view path) {
  const auto found = walk(path);
  return found ? found->mode : 0;
}

std::vector<std::byte> FileTree::head(std::string_view path) {
  const auto found = walk(path);
  return found && S_ISREG(found->mode) ? read(*found) : std::vector<std::byte>();
}

Result<std::unique_ptr<FileTree>> open_tree(rdload::Format format, const ImageBytes& image,
                                            const std::string& name) {
  using rdload::Format;
  if (format == Format::ext2) return open_ext2(image, name);
  if (format == Format::squashfs) return open_squashfs(image, name);
  if (format == Format::romfs) return open_romfs(image);
  if (format == Format::cramfs) return open_cramfs(image);
  if (format == Format::minix) return open_minix(image);
  return std::unique_ptr<FileTree>();
}

}  // namespace mkramdisk::wrap
