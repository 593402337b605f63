#include "mkramdisk/source_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace mkramdisk {
namespace {

using common::Error;
using common::Status;
using common::UniqueFd;

int open_retrying(int directory, const char* path, int flags) {
  int fd = -1;
  do {
    fd = ::openat(directory, path, flags | O_CLOEXEC);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

// Takes `size` bytes from the front of `parts`.
std::span<iovec> advance(std::span<iovec> parts, std::size_t size) {
  while (!parts.empty() && size >= parts.front().iov_len) {
    size -= parts.front().iov_len;
    parts = parts.subspan(1);
  }
  if (size != 0) {
    parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + size;
    parts.front().iov_len -= size;
  }
  return parts;
}

}  // namespace

std::string Sources::describe(const Tree& tree, InodeId inode) const {
  const Source& source = list[tree.inodes[inode].source];
  const std::string path = tree.path_of(inode, source.top);
  if (path.empty()) return source.name;
  return source.name.ends_with('/') ? source.name + path : source.name + "/" + path;
}

int open_below(int directory, const std::string& path, int flags) {
  if (path.empty()) return open_retrying(directory, ".", flags);
  UniqueFd step;
  std::size_t at = 0;
  while (path.size() - at >= PATH_MAX) {
    const std::size_t slash = path.rfind('/', at + PATH_MAX - 2);
    const UniqueFd from(std::move(step));
    step = UniqueFd(open_retrying(from.valid() ? from.get() : directory,
                                  path.substr(at, slash - at).c_str(), O_PATH | O_DIRECTORY));
    if (!step.valid()) return -1;
    at = slash + 1;
  }
  return open_retrying(step.valid() ? step.get() : directory, path.c_str() + at,
                       flags | O_NOFOLLOW);
}

Status SourceReader::open_directory(InodeId directory, std::uint32_t source) {
  if (directory == directory_inode_ && source == directory_source_) return common::Done{};
  const Source& from = sources_.list[source];
  directory_ = UniqueFd(
      open_below(from.directory.get(), tree_.path_of(directory, from.top), O_PATH | O_DIRECTORY));
  if (!directory_.valid())
    return Error::system(errno, "open %s", sources_.describe(tree_, directory).c_str());
  directory_inode_ = directory;
  directory_source_ = source;
  return common::Done{};
}

Status SourceReader::open(InodeId inode) {
  if (inode == file_inode_) return common::Done{};
  if (auto status = finish(); !status) return status;
  const Inode& file = tree_.inodes[inode];
  const Entry& entry = tree_.entries[file.name];
  if (auto status = open_directory(entry.parent, file.source); !status) return status;
  const std::string name(tree_.name_of(file.name));
  constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
  int fd = open_retrying(directory_.get(), name.c_str(), keep_atime_ ? flags | O_NOATIME : flags);
  if (fd < 0 && errno == EPERM && keep_atime_) {
    keep_atime_ = false;
    fd = open_retrying(directory_.get(), name.c_str(), flags);
  }
  if (fd < 0) return Error::system(errno, "open %s", sources_.describe(tree_, inode).c_str());
  file_ = UniqueFd(fd);
  file_inode_ = inode;
  return common::Done{};
}

Status SourceReader::finish() {
  if (file_inode_ == none) return common::Done{};
  const InodeId inode = std::exchange(file_inode_, none);
  const UniqueFd closing = std::move(file_);
  const Inode& file = tree_.inodes[inode];
  struct stat now {};
  if (::fstat(closing.get(), &now) != 0)
    return Error::system(errno, "fstat %s", sources_.describe(tree_, inode).c_str());
  if (static_cast<std::uint64_t>(now.st_size) != file.size || now.st_mtim.tv_sec != file.mtime ||
      static_cast<std::uint32_t>(now.st_mtim.tv_nsec) != file.mtime_ns)
    return Error::of(common::Failure::system, "%s: changed while it was read",
                     sources_.describe(tree_, inode).c_str());
  return common::Done{};
}

Status SourceReader::read(InodeId inode, std::uint64_t offset, std::span<iovec> parts) {
  const Inode& file = tree_.inodes[inode];
  const bool spooled = tree_.where(file) == Content::Where::spool;
  if (spooled)
    offset += tree_.contents[file.detail].base;
  else if (auto status = open(inode); !status)
    return status;
  const int fd = spooled ? sources_.spool.get() : file_.get();
  while (!parts.empty()) {
    const auto now = std::min<std::size_t>(parts.size(), IOV_MAX);
    const ssize_t got =
        ::preadv(fd, parts.data(), static_cast<int>(now), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error::system(errno, "read %s", sources_.describe(tree_, inode).c_str());
    if (got == 0)
      return Error::of(common::Failure::system, "%s: became shorter while it was read",
                       sources_.describe(tree_, inode).c_str());
    offset += static_cast<std::uint64_t>(got);
    parts = advance(parts, static_cast<std::size_t>(got));
  }
  return common::Done{};
}

}  // namespace mkramdisk
