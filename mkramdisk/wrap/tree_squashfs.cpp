// squashfs, by libsquashfs of squashfs-tools-ng.
#include <sqfs/compressor.h>
#include <sqfs/data_reader.h>
#include <sqfs/dir_reader.h>
#include <sqfs/error.h>
#include <sqfs/inode.h>
#include <sqfs/io.h>
#include <sqfs/super.h>

#include <algorithm>
#include <cstring>

#include "mkramdisk/wrap/file_tree.hpp"

namespace mkramdisk::wrap {
namespace {

using common::Error;
using common::Failure;
using common::Result;

struct Destroy {
  template <class T>
  void operator()(T* object) const {
    sqfs_destroy(object);
  }
};
template <class T>
using Owned = std::unique_ptr<T, Destroy>;

struct FreeInode {
  void operator()(sqfs_inode_generic_t* inode) const { sqfs_free(inode); }
};
using Inode = std::unique_ptr<sqfs_inode_generic_t, FreeInode>;

// The library's view of an image that lies somewhere in a file. Its first member is the library's
// structure, as its object model has it.
struct File {
  sqfs_file_t calls;
  ImageBytes image;
};
static_assert(std::is_standard_layout_v<File>);

File* file_of(sqfs_file_t* file) {
  return reinterpret_cast<File*>(file);
}

int read_at(sqfs_file_t* file, sqfs_u64 at, void* buffer, size_t size) {
  const std::span into(static_cast<std::byte*>(buffer), size);
  return file_of(file)->image.read(at, into) ? 0 : SQFS_ERROR_OUT_OF_BOUNDS;
}
int write_at(sqfs_file_t*, sqfs_u64, const void*, size_t) {
  return SQFS_ERROR_UNSUPPORTED;
}
int truncate(sqfs_file_t*, sqfs_u64) {
  return SQFS_ERROR_UNSUPPORTED;
}
sqfs_u64 size_of(const sqfs_file_t* file) {
  return reinterpret_cast<const File*>(file)->image.bytes;
}
void nothing(sqfs_object_t*) {}

class Squashfs final : public FileTree {
 public:
  explicit Squashfs(const ImageBytes& image) {
    file_.calls.base.destroy = nothing;
    file_.calls.read_at = read_at;
    file_.calls.write_at = write_at;
    file_.calls.get_size = size_of;
    file_.calls.truncate = truncate;
    file_.image = image;
  }

  bool open() {
    sqfs_compressor_config_t config{};
    sqfs_compressor_t* compressor = nullptr;
    if (sqfs_super_read(&super_, &file_.calls) != 0) return false;
    if (sqfs_compressor_config_init(&config, static_cast<SQFS_COMPRESSOR>(super_.compression_id),
                                    super_.block_size, SQFS_COMP_FLAG_UNCOMPRESS) != 0 ||
        sqfs_compressor_create(&config, &compressor) != 0)
      return false;
    compressor_.reset(compressor);
    if ((super_.flags & SQFS_FLAG_COMPRESSOR_OPTIONS) != 0 &&
        compressor->read_options(compressor, &file_.calls) != 0)
      return false;
    folders_.reset(sqfs_dir_reader_create(&super_, compressor, &file_.calls, 0));
    data_.reset(sqfs_data_reader_create(&file_.calls, super_.block_size, compressor, 0));
    return folders_ && data_ && sqfs_data_reader_load_fragment_table(data_.get(), &super_) == 0;
  }

 protected:
  std::optional<Entry> root() override {
    sqfs_inode_generic_t* inode = nullptr;
    if (sqfs_dir_reader_get_root_inode(folders_.get(), &inode) != 0) return std::nullopt;
    return keep(inode);
  }

  std::optional<Entry> child(const Entry& folder, std::string_view name) override {
    sqfs_inode_generic_t* inode = nullptr;
    const std::string wanted(name);
    if (sqfs_dir_reader_open_dir(folders_.get(), inodes_[folder.where].get(), 0) != 0 ||
        sqfs_dir_reader_find(folders_.get(), wanted.c_str()) != 0 ||
        sqfs_dir_reader_get_inode(folders_.get(), &inode) != 0)
      return std::nullopt;
    return keep(inode);
  }

  std::vector<std::byte> read(const Entry& entry) override {
    const sqfs_inode_generic_t* const inode = inodes_[entry.where].get();
    std::vector<std::byte> bytes(std::min<std::uint64_t>(entry.bytes, head_bytes));
    if (inode->base.type == SQFS_INODE_SLINK || inode->base.type == SQFS_INODE_EXT_SLINK) {
      std::memcpy(bytes.data(), inode->extra, bytes.size());
      return bytes;
    }
    const auto got = sqfs_data_reader_read(data_.get(), inode, 0, bytes.data(),
                                           static_cast<sqfs_u32>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(std::max<sqfs_s32>(got, 0)));
    return bytes;
  }

 private:
  std::optional<Entry> keep(sqfs_inode_generic_t* inode) {
    inodes_.emplace_back(inode);
    Entry entry{inode->base.mode, inodes_.size() - 1, 0};
    sqfs_u64 size = 0;
    if (inode->base.type == SQFS_INODE_SLINK) size = inode->data.slink.target_size;
    if (inode->base.type == SQFS_INODE_EXT_SLINK) size = inode->data.slink_ext.target_size;
    if (inode->base.type == SQFS_INODE_FILE || inode->base.type == SQFS_INODE_EXT_FILE)
      (void)sqfs_inode_get_file_size(inode, &size);  // cannot fail for a file
    entry.bytes = size;
    return entry;
  }

  File file_{};
  sqfs_super_t super_{};  // the reader of folders goes on using it
  Owned<sqfs_compressor_t> compressor_;
  Owned<sqfs_dir_reader_t> folders_;
  Owned<sqfs_data_reader_t> data_;
  std::vector<Inode> inodes_;
};

}  // namespace

Result<std::unique_ptr<FileTree>> open_squashfs(const ImageBytes& image, const std::string& name) {
  auto tree = std::make_unique<Squashfs>(image);
  if (!tree->open())
    return Error::of(Failure::corrupt, "%s: libsquashfs cannot read it", name.c_str());
  return std::unique_ptr<FileTree>(std::move(tree));
}

}  // namespace mkramdisk::wrap
