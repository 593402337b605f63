// ext2, by libext2fs.
#include <ext2fs/ext2fs.h>

#include <algorithm>
#include <cstring>

#include "mkramdisk/wrap/file_tree.hpp"
extern "C" {
#include <et/com_err.h>  // without a guard for C++ of its own
}

namespace mkramdisk::wrap {
namespace {

using common::Error;
using common::Failure;
using common::Result;

class Ext2 final : public FileTree {
 public:
  explicit Ext2(ext2_filsys fs) : fs_(fs) {}
  ~Ext2() override { ext2fs_free(fs_); }
  Ext2(const Ext2&) = delete;
  Ext2& operator=(const Ext2&) = delete;

 protected:
  std::optional<Entry> root() override { return entry_of(EXT2_ROOT_INO); }

  std::optional<Entry> child(const Entry& folder, std::string_view name) override {
    ext2_ino_t number = 0;
    if (ext2fs_lookup(fs_, static_cast<ext2_ino_t>(folder.where), name.data(),
                      static_cast<int>(name.size()), nullptr, &number) != 0)
      return std::nullopt;
    return entry_of(number);
  }

  std::vector<std::byte> read(const Entry& entry) override {
    const auto number = static_cast<ext2_ino_t>(entry.where);
    ext2_inode inode{};
    if (ext2fs_read_inode(fs_, number, &inode) != 0) return {};
    std::vector<std::byte> bytes(std::min<std::uint64_t>(entry.bytes, head_bytes));
    if (LINUX_S_ISLNK(inode.i_mode) && ext2fs_is_fast_symlink(&inode) != 0) {
      bytes.resize(std::min(bytes.size(), sizeof inode.i_block));
      std::memcpy(bytes.data(), inode.i_block, bytes.size());
      return bytes;
    }
    ext2_file_t file = nullptr;
    unsigned got = 0;
    if (ext2fs_file_open(fs_, number, 0, &file) != 0) return {};
    if (ext2fs_file_read(file, bytes.data(), static_cast<unsigned>(bytes.size()), &got) != 0)
      got = 0;
    ext2fs_file_close(file);
    bytes.resize(got);
    return bytes;
  }

 private:
  std::optional<Entry> entry_of(ext2_ino_t number) {
    ext2_inode inode{};
    if (ext2fs_read_inode(fs_, number, &inode) != 0) return std::nullopt;
    return Entry{inode.i_mode, number, EXT2_I_SIZE(&inode)};
  }

  ext2_filsys fs_;
};

}  // namespace

Result<std::unique_ptr<FileTree>> open_ext2(const ImageBytes& image, const std::string& name) {
  initialize_ext2_error_table();
  const std::string path = "/proc/self/fd/" + std::to_string(image.fd);
  const std::string options = "offset=" + std::to_string(image.begin);
  ext2_filsys fs = nullptr;
  const errcode_t failed =
      ext2fs_open2(path.c_str(), options.c_str(), EXT2_FLAG_64BITS, 0, 0, unix_io_manager, &fs);
  if (failed != 0)
    return Error::of(Failure::corrupt, "%s: %s", name.c_str(), error_message(failed));
  return std::unique_ptr<FileTree>(std::make_unique<Ext2>(fs));
}

}  // namespace mkramdisk::wrap
