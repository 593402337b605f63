#include "mkramdisk/scan.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/io.hpp"
#include "mkramdisk/host_xattrs.hpp"
#include "mkramdisk/tree_merge.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Error;
using common::Status;
using common::UniqueFd;

// struct linux_dirent64 of getdents64(2).
struct KernelEntry {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length;
  std::uint8_t type;
  char name[1];
};

Inode inode_from(const struct stat& found) {
  Inode inode;
  inode.mode = found.st_mode;
  inode.uid = found.st_uid;
  inode.gid = found.st_gid;
  inode.mtime = found.st_mtim.tv_sec;
  inode.mtime_ns = static_cast<std::uint32_t>(found.st_mtim.tv_nsec);
  if (S_ISREG(found.st_mode)) inode.size = static_cast<std::uint64_t>(found.st_size);
  if (S_ISCHR(found.st_mode) || S_ISBLK(found.st_mode)) {
    inode.major = major(found.st_rdev);
    inode.minor = minor(found.st_rdev);
  }
  return inode;
}

class Scan {
 public:
  Scan(const ScanOptions& options, Tree& tree, const Source& source, std::uint32_t source_number)
      : options_(options), tree_(tree), source_(source), source_number_(source_number) {}

  Status run() {
    struct stat top {};
    if (::fstat(source_.directory.get(), &top) != 0)
      return Error::system(errno, "fstat %s", source_.name.c_str());
    device_ = top.st_dev;
    Inode inode = inode_from(top);
    if (options_.xattrs) {
      auto packed = read_xattrs("/proc/self/fd/" + std::to_string(source_.directory.get()) + "/.",
                                source_.name);
      if (!packed) return packed.error();
      inode.xattrs = tree_.keep_xattrs(*packed);
    }
    set_attributes(tree_, source_.top, inode);
    merging_ = !tree_.entries.empty();
    waiting_.push_back(source_.top);
    while (!waiting_.empty()) {
      const InodeId directory = waiting_.back();
      waiting_.pop_back();
      if (auto status = scan(directory); !status) return status;
    }
    return Done{};
  }

 private:
  std::string name_of(InodeId directory, const std::string& name) const {
    std::string path = source_.name;
    if (const std::string below = tree_.path_of(directory, source_.top); !below.empty())
      path += (path.ends_with('/') ? "" : "/") + below;
    return name.empty() ? path : path + (path.ends_with('/') ? "" : "/") + name;
  }

  Status scan(InodeId directory) {
    const UniqueFd fd(open_below(source_.directory.get(), tree_.path_of(directory, source_.top),
                                 O_RDONLY | O_DIRECTORY));
    if (!fd.valid()) return Error::system(errno, "open %s", name_of(directory, "").c_str());
    if (auto status = read_names(fd.get(), directory); !status) return status;
    const std::size_t before = waiting_.size();
    const bool choosing = !options_.excludes.empty();
    std::string prefix = choosing ? tree_.path_of(directory) : "";
    if (!prefix.empty()) prefix += '/';
    for (const auto& [offset, length] : names_) {
      const std::string name = text_.substr(offset, length);
      if (choosing && excluded(options_.excludes, prefix + name)) continue;
      if (auto status = add(fd.get(), directory, name); !status) return status;
    }
    std::reverse(waiting_.begin() + static_cast<std::ptrdiff_t>(before), waiting_.end());
    return Done{};
  }

  // All names of the open directory into names_, sorted by their bytes.
  Status read_names(int fd, InodeId directory) {
    names_.clear();
    text_.clear();
    for (;;) {
      const long got = ::syscall(SYS_getdents64, fd, buffer_.data(), buffer_.size());
      if (got < 0) return Error::system(errno, "getdents %s", name_of(directory, "").c_str());
      if (got == 0) break;
      for (long at = 0; at < got;) {
        const char* const entry = buffer_.data() + at;
        std::uint16_t length = 0;
        std::memcpy(&length, entry + offsetof(KernelEntry, length), sizeof length);
        at += length;
        const std::string_view name(entry + offsetof(KernelEntry, name));
        if (name == "." || name == "..") continue;
        names_.emplace_back(text_.size(), name.size());
        text_ += name;
      }
    }
    std::sort(names_.begin(), names_.end(), [this](const auto& a, const auto& b) {
      return std::string_view(text_).substr(a.first, a.second) <
             std::string_view(text_).substr(b.first, b.second);
    });
    return Done{};
  }

  Status add(int fd, InodeId directory, const std::string& name) {
    struct stat found {};
    if (::fstatat(fd, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
      return Error::system(errno, "stat %s", name_of(directory, name).c_str());
    const bool is_directory = S_ISDIR(found.st_mode);
    if (!is_directory && found.st_nlink > 1) {
      const auto known = links_.find({found.st_dev, found.st_ino});
      if (known != links_.end()) {
        if (merging_) make_room(tree_, directory, name);
        tree_.add_link(directory, name, known->second);
        return Done{};
      }
    }
    Inode inode = inode_from(found);
    inode.source = source_number_;
    if (auto status = add_detail(fd, directory, name, found, inode); !status) return status;
    const InodeId id = merging_ ? put_entry(tree_, directory, name, inode)
                                : tree_.entries[tree_.add(directory, name, inode)].inode;
    if (is_directory && (found.st_dev == device_ || options_.cross_devices)) waiting_.push_back(id);
    if (!is_directory && found.st_nlink > 1) links_[{found.st_dev, found.st_ino}] = id;
    return Done{};
  }

  Status add_detail(int fd, InodeId directory, const std::string& name, const struct stat& found,
                    Inode& inode) {
    if (options_.xattrs) {
      auto packed =
          read_xattrs("/proc/self/fd/" + std::to_string(fd) + "/" + name, name_of(directory, name));
      if (!packed) return packed.error();
      inode.xattrs = tree_.keep_xattrs(*packed);
    }
    if (S_ISLNK(found.st_mode)) {
      const ssize_t length = ::readlinkat(fd, name.c_str(), buffer_.data(), buffer_.size());
      if (length < 0) return Error::system(errno, "readlink %s", name_of(directory, name).c_str());
      tree_.set_target(inode, {buffer_.data(), static_cast<std::size_t>(length)});
    }
    // Fewer blocks than bytes: there may be holes, which only the file can tell.
    if (S_ISREG(found.st_mode) && found.st_blocks * 512 < found.st_size) {
      const UniqueFd file(
          ::openat(fd, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
      if (!file.valid()) return Error::system(errno, "open %s", name_of(directory, name).c_str());
      return find_holes(file.get(), name_of(directory, name), inode);
    }
    return Done{};
  }

  Status find_holes(int fd, const std::string& path, Inode& inode) {
    std::vector<Extent> ranges;
    const auto size = static_cast<off_t>(inode.size);
    for (off_t at = 0; at < size;) {
      const off_t data = ::lseek(fd, at, SEEK_DATA);
      if (data < 0 && errno == ENXIO) break;
      // A file system that knows no holes answers EINVAL: the file counts as dense.
      if (data < 0 && errno == EINVAL && at == 0) return Done{};
      const off_t hole = data < 0 ? -1 : ::lseek(fd, data, SEEK_HOLE);
      if (hole < 0) return Error::system(errno, "seek %s", path.c_str());
      if (data >= size) break;
      ranges.push_back({static_cast<std::uint64_t>(data),
                        static_cast<std::uint64_t>(std::min(hole, size) - data)});
      at = hole;
    }
    if (ranges.size() == 1 && ranges[0].length == inode.size) return Done{};
    tree_.set_content(inode, Content::Where::host, 0, ranges);
    return Done{};
  }

  const ScanOptions& options_;
  Tree& tree_;
  const Source& source_;
  std::uint32_t source_number_;
  dev_t device_ = 0;
  bool merging_ = false;  // names may be there already
  std::vector<InodeId> waiting_;
  std::map<std::pair<dev_t, ino_t>, InodeId> links_;
  std::vector<std::pair<std::size_t, std::size_t>> names_;
  std::string text_;
  std::vector<char> buffer_ = std::vector<char>(64 * 1024);
};

}  // namespace

Status scan_directory(const std::string& path, InodeId top, const ScanOptions& options, Tree& tree,
                      Sources& sources) {
  auto fd = common::open_file(path.c_str(), O_RDONLY | O_DIRECTORY);
  if (!fd) return fd.error();
  sources.list.push_back({std::move(*fd), path, top});
  const auto number = static_cast<std::uint32_t>(sources.list.size() - 1);
  tree.inodes[top].source = number;
  return Scan(options, tree, sources.list.back(), number).run();
}

}  // namespace mkramdisk
