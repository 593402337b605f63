#include "mkramdisk/ext2_source.hpp"

#include <ext2fs/ext2fs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mkramdisk/tree_merge.hpp"
#include "mkramdisk/xattrs.hpp"
extern "C" {
#include <et/com_err.h>  // without a guard for C++ of its own
}

namespace mkramdisk {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

constexpr std::size_t buffer_size = 1 << 20;  // bytes, a whole number of blocks

struct Name {
  ext2_ino_t inode = 0;
  std::string name;
};

// Blocks of a file that lie together both in it and in the image.
struct Run {
  std::uint64_t logical = 0;
  std::uint64_t block = 0;
  std::uint64_t count = 0;
};

int collect_name(ext2_dir_entry* entry, int, int, char*, void* names) {
  const std::string name(entry->name, static_cast<std::size_t>(ext2fs_dirent_name_len(entry)));
  if (name != "." && name != "..")
    static_cast<std::vector<Name>*>(names)->push_back({entry->inode, name});
  return 0;
}

int collect_block(ext2_filsys, blk64_t* block, e2_blkcnt_t logical, blk64_t, int, void* runs) {
  if (logical < 0 || *block == 0) return 0;
  auto& all = *static_cast<std::vector<Run>*>(runs);
  const auto at = static_cast<std::uint64_t>(logical);
  if (!all.empty() && all.back().logical + all.back().count == at &&
      all.back().block + all.back().count == *block)
    ++all.back().count;
  else
    all.push_back({at, *block, 1});
  return 0;
}

int collect_attribute(char* name, char*, std::size_t, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

class Image {
 public:
  Image(const std::string& path, std::uint32_t source, bool xattrs, Tree& tree, ContentStore& store)
      : path_(path), source_(source), xattrs_(xattrs), tree_(tree), store_(store) {}
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;
  ~Image() {
    if (fs_ != nullptr) ext2fs_free(fs_);
  }

  Status run(InodeId top) {
    initialize_ext2_error_table();
    const errcode_t failed =
        ext2fs_open(path_.c_str(), EXT2_FLAG_64BITS, 0, 0, unix_io_manager, &fs_);
    if (failed != 0) return broken(0, failed);
    Inode root;
    ext2_inode raw{};
    if (auto status = read_inode(EXT2_ROOT_INO, raw, root); !status) return status;
    set_attributes(tree_, top, root);
    known_[EXT2_ROOT_INO] = top;
    waiting_.emplace_back(EXT2_ROOT_INO, top);
    while (!waiting_.empty()) {
      const auto [number, directory] = waiting_.back();
      waiting_.pop_back();
      std::vector<Name> names;
      if (const errcode_t bad = ext2fs_dir_iterate(fs_, number, 0, nullptr, collect_name, &names);
          bad != 0)
        return broken(number, bad);
      for (const Name& name : names)
        if (auto status = add(directory, name); !status) return status;
    }
    return Done{};
  }

 private:
  Status broken(ext2_ino_t inode, errcode_t code) const {
    return Error::of(Failure::corrupt, "%s: inode %u: %s", path_.c_str(), inode,
                     error_message(code));
  }
  Status wrong(ext2_ino_t inode, const char* reason) const {
    return Error::of(Failure::corrupt, "%s: inode %u: %s", path_.c_str(), inode, reason);
  }

  Status read_inode(ext2_ino_t number, ext2_inode& raw, Inode& inode) {
    if (number == 0 || number > fs_->super->s_inodes_count) return wrong(number, "no such inode");
    if (const errcode_t failed = ext2fs_read_inode(fs_, number, &raw); failed != 0)
      return broken(number, failed);
    inode.mode = raw.i_mode;
    inode.uid = inode_uid(raw);
    inode.gid = inode_gid(raw);
    inode.mtime = static_cast<std::int32_t>(raw.i_mtime);
    inode.source = source_;
    return xattrs_ ? read_xattrs(number, inode) : Status(Done{});
  }

  Status read_xattrs(ext2_ino_t number, Inode& inode) {
    ext2_xattr_handle* handle = nullptr;
    errcode_t failed = ext2fs_xattrs_open(fs_, number, &handle);
    if (failed != 0) return broken(number, failed);
    std::vector<std::string> names;
    std::vector<Xattr> attributes;
    failed = ext2fs_xattrs_read(handle);
    if (failed == 0) failed = ext2fs_xattrs_iterate(handle, collect_attribute, &names);
    for (const std::string& name : names) {
      void* value = nullptr;
      std::size_t size = 0;
      if (failed != 0) break;
      // By name, because ACLs are then turned into the form of getxattr(2).
      failed = ext2fs_xattr_get(handle, name.c_str(), &value, &size);
      if (failed == 0) attributes.push_back({name, {static_cast<const char*>(value), size}});
      ext2fs_free_mem(&value);
    }
    ext2fs_xattrs_close(&handle);
    if (failed != 0) return broken(number, failed);
    auto packed = pack_xattrs(std::move(attributes));
    if (!packed) return wrong(number, packed.error().text());
    inode.xattrs = tree_.keep_xattrs(*packed);
    return Done{};
  }

  Status add(InodeId directory, const Name& name) {
    if (name.name.empty() || name.name.find('/') != std::string::npos ||
        name.name.find('\0') != std::string::npos)
      return wrong(name.inode, "an impossible name");
    if (const auto known = known_.find(name.inode); known != known_.end()) {
      if (tree_.inodes[known->second].is(S_IFDIR))
        return wrong(name.inode, "a directory with two names");
      make_room(tree_, directory, name.name);
      tree_.add_link(directory, name.name, known->second);
      return Done{};
    }
    Inode inode;
    ext2_inode raw{};
    if (auto status = read_inode(name.inode, raw, inode); !status) return status;
    if (auto status = add_detail(name.inode, raw, inode); !status) return status;
    const InodeId id = put_entry(tree_, directory, name.name, inode);
    known_[name.inode] = id;
    if (inode.is(S_IFDIR)) waiting_.emplace_back(name.inode, id);
    return Done{};
  }

  Status add_detail(ext2_ino_t number, ext2_inode& raw, Inode& inode) {
    switch (inode.mode & S_IFMT) {
      case S_IFREG:
        return read_data(number, EXT2_I_SIZE(&raw), inode);
      case S_IFLNK:
        return read_target(number, raw, inode);
      case S_IFCHR:
      case S_IFBLK:
        if (raw.i_block[0] != 0) {
          inode.major = (raw.i_block[0] >> 8) & 0xff;
          inode.minor = raw.i_block[0] & 0xff;
        } else {
          inode.major = (raw.i_block[1] >> 8) & 0xfff;
          inode.minor = (raw.i_block[1] & 0xff) | ((raw.i_block[1] >> 12) & 0xfff00);
        }
        return Done{};
      case S_IFDIR:
      case S_IFIFO:
      case S_IFSOCK:
        return Done{};
      default:
        return wrong(number, "of no known type");
    }
  }

  Status read_target(ext2_ino_t number, ext2_inode& raw, Inode& inode) {
    const std::uint64_t size = EXT2_I_SIZE(&raw);
    if (size == 0 || size >= fs_->blocksize) return wrong(number, "a link of an impossible length");
    std::vector<char> text(fs_->blocksize);
    if (ext2fs_is_fast_symlink(&raw) != 0) {
      if (size >= sizeof raw.i_block) return wrong(number, "a link of an impossible length");
      std::memcpy(text.data(), raw.i_block, size);
    } else {
      blk64_t block = 0;  // by way of libext2fs: ext4 has extents where the pointers were
      errcode_t failed = ext2fs_bmap2(fs_, number, &raw, nullptr, 0, 0, nullptr, &block);
      if (failed == 0) failed = io_channel_read_blk64(fs_->io, block, 1, text.data());
      if (failed != 0) return broken(number, failed);
    }
    tree_.set_target(inode, {text.data(), size});
    return Done{};
  }

  Status read_data(ext2_ino_t number, std::uint64_t size, Inode& inode) {
    std::vector<Run> runs;
    if (const errcode_t failed =
            ext2fs_block_iterate3(fs_, number, BLOCK_FLAG_READ_ONLY, nullptr, collect_block, &runs);
        failed != 0)
      return broken(number, failed);
    std::sort(runs.begin(), runs.end(),
              [](const Run& a, const Run& b) { return a.logical < b.logical; });
    store_.begin();
    const std::uint64_t block_size = fs_->blocksize;
    for (const Run& run : runs) {
      for (std::uint64_t done = 0; done < run.count;) {
        const std::uint64_t offset = (run.logical + done) * block_size;
        if (offset >= size) break;
        const std::uint64_t count = std::min(run.count - done, buffer_.size() / block_size);
        if (const errcode_t failed = io_channel_read_blk64(fs_->io, run.block + done,
                                                           static_cast<int>(count), buffer_.data());
            failed != 0)
          return broken(number, failed);
        const std::uint64_t bytes = std::min(count * block_size, size - offset);
        if (auto status = store_.put(offset, std::span(buffer_).first(bytes)); !status)
          return status;
        done += count;
      }
    }
    return store_.end(size, tree_, inode);
  }

  const std::string& path_;
  std::uint32_t source_;
  bool xattrs_;
  Tree& tree_;
  ContentStore& store_;
  ext2_filsys fs_ = nullptr;
  std::unordered_map<ext2_ino_t, InodeId> known_;
  std::vector<std::pair<ext2_ino_t, InodeId>> waiting_;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(buffer_size);
};

}  // namespace

bool has_ext2_superblock(int fd) {
  std::array<unsigned char, 2> magic{};
  const ssize_t got = ::pread(fd, magic.data(), magic.size(), 1024 + 56);
  return got == 2 && magic[0] == 0x53 && magic[1] == 0xef;
}

Status add_ext2_image(const std::string& path, InodeId top, std::uint32_t source, bool xattrs,
                      Tree& tree, ContentStore& store) {
  return Image(path, source, xattrs, tree, store).run(top);
}

}  // namespace mkramdisk
