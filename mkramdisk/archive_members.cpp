#include "mkramdisk/archive_members.hpp"

#include <archive_entry.h>

#include <algorithm>
#include <string_view>

#include "mkramdisk/archive_xattrs.hpp"
#include "mkramdisk/tree_merge.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;

constexpr std::int64_t most_minor = (1 << 20) - 1;  // what ext2 and Linux store: 12:20 bits
constexpr std::int64_t most_major = (1 << 12) - 1;

class Members {
 public:
  Members(LibarchiveInput& input, const ArchiveTarget& target)
      : input_(input), to_(target), tree_(target.tree), before_(target.tree.entries.size()) {}

  Result<std::size_t> run() {
    for (std::size_t members = 0;; ++members) {
      struct archive_entry* entry = nullptr;
      const int outcome = archive_read_next_header(input_.handle(), &entry);
      if (outcome == ARCHIVE_EOF) return members;
      if (outcome < ARCHIVE_WARN) return input_.error(to_.name);
      if (auto status = add(entry); !status) return status.error();
    }
  }

 private:
  Status refuse(std::string_view member, const char* reason) const {
    return Error::of(Failure::not_usable, "%s: member '%.*s': %s", to_.name.c_str(),
                     static_cast<int>(std::min<std::size_t>(member.size(), 400)), member.data(),
                     reason);
  }

  // Null, or why a name is not one for this tree.
  static const char* check_name(std::string_view path) {
    if (path.starts_with('/')) return "an absolute name";
    while (!path.empty()) {
      const std::string_view part = path.substr(0, path.find('/'));
      if (part == "..") return "a name with '..'";
      if (part.size() > Tree::longest_name) return "a name of more than 255 bytes";
      path.remove_prefix(std::min(part.size() + 1, path.size()));
    }
    return nullptr;
  }

  static std::string name_of(const char* raw, const char* utf8) {
    return raw != nullptr ? raw : utf8 != nullptr ? utf8 : "";
  }

  // The folder of `path`, made where the archive has no member for it.
  Result<InodeId> folder_of(std::string_view path, std::int64_t mtime) {
    InodeId at = to_.top;
    while (!path.empty()) {
      const std::string_view part = path.substr(0, path.find('/'));
      path.remove_prefix(std::min(part.size() + 1, path.size()));
      if (part.empty() || part == ".") continue;
      EntryId next = tree_.find(at, part);
      if (next == none) {
        Inode made;
        made.mode = S_IFDIR | 0755;
        made.mtime = mtime;
        made.source = to_.source;
        next = tree_.add(at, part, made);
      }
      at = tree_.entries[next].inode;
      if (tree_.inodes[at].is(S_IFLNK))
        return Error::of(Failure::not_usable, "it would be written through the symbolic link %s",
                         tree_.path_of(at).c_str());
      if (!tree_.inodes[at].is(S_IFDIR))
        return Error::of(Failure::not_usable, "%s is not a directory", tree_.path_of(at).c_str());
    }
    return at;
  }

  Status add(struct archive_entry* entry) {
    const std::string path =
        name_of(archive_entry_pathname(entry), archive_entry_pathname_utf8(entry));
    if (const char* reason = path.empty() ? "no name" : check_name(path); reason != nullptr)
      return refuse(path, reason);
    Inode inode;
    inode.mode = archive_mode(entry);
    inode.uid = static_cast<std::uint32_t>(archive_entry_uid(entry));
    inode.gid = static_cast<std::uint32_t>(archive_entry_gid(entry));
    if (archive_entry_uid(entry) > UINT32_MAX || archive_entry_gid(entry) > UINT32_MAX)
      return refuse(path, "an owner beyond 32 bits");
    inode.mtime = archive_entry_mtime(entry);
    inode.source = to_.source;
    if (to_.xattrs) {
      auto packed = archive_xattrs(entry);
      if (!packed) return refuse(path, packed.error().text());
      inode.xattrs = tree_.keep_xattrs(*packed);
    }
    const SplitPath split = split_path(path);
    auto folder = folder_of(split.folder, inode.mtime);
    if (!folder) return refuse(path, folder.error().text());
    if (split.name.empty() || split.name == ".") {
      if (inode.is(S_IFDIR)) set_attributes(tree_, *folder, inode);
      return inode.is(S_IFDIR) ? Status(Done{}) : refuse(path, "not a name for a file");
    }
    const bool directory = inode.is(S_IFDIR) && archive_entry_hardlink(entry) == nullptr;
    const EntryId there = tree_.find(*folder, split.name);
    const bool merges =
        there != none && directory && tree_.inodes[tree_.entries[there].inode].is(S_IFDIR);
    if (there != none && there >= before_ && !merges) return refuse(path, "there twice");
    const std::string target =
        name_of(archive_entry_hardlink(entry), archive_entry_hardlink_utf8(entry));
    if (!target.empty()) return add_link(entry, path, *folder, split.name, target);
    return add_new(entry, path, *folder, split.name, inode);
  }

  Status add_link(struct archive_entry* entry, const std::string& path, InodeId folder,
                  std::string_view name, const std::string& target) {
    if (const char* reason = check_name(target); reason != nullptr)
      return refuse(path, "a hard link to no place in the archive");
    const std::string below = tree_.path_of(to_.top) + "/" + target;
    const InodeId id = find_path(tree_, below);
    if (id == none || tree_.inodes[id].is(S_IFDIR) || tree_.inodes[id].source != to_.source)
      return refuse(path, "a hard link to nothing that comes before it");
    make_room(tree_, folder, name);
    tree_.add_link(folder, name, id);
    // cpio (newc) stores the bytes of a file with several names under its last one.
    if (!tree_.inodes[id].is(S_IFREG) || archive_entry_size(entry) <= 0) return Done{};
    Inode file = tree_.inodes[id];
    if (auto status = read_data(entry, file); !status) return status;
    tree_.inodes[id] = file;
    return Done{};
  }

  Status add_new(struct archive_entry* entry, const std::string& path, InodeId folder,
                 std::string_view name, Inode inode) {
    switch (inode.mode & S_IFMT) {
      case S_IFREG:
        if (auto status = read_data(entry, inode); !status) return status;
        break;
      case S_IFLNK: {
        const std::string target =
            name_of(archive_entry_symlink(entry), archive_entry_symlink_utf8(entry));
        if (target.empty()) return refuse(path, "a symbolic link to nothing");
        tree_.set_target(inode, target);
        break;
      }
      case S_IFCHR:
      case S_IFBLK: {
        const auto major = static_cast<std::int64_t>(archive_entry_rdevmajor(entry));
        const auto minor = static_cast<std::int64_t>(archive_entry_rdevminor(entry));
        if (major < 0 || major > most_major || minor < 0 || minor > most_minor)
          return refuse(path, "a device number out of range");
        inode.major = static_cast<std::uint32_t>(major);
        inode.minor = static_cast<std::uint32_t>(minor);
        break;
      }
      case S_IFDIR:
      case S_IFIFO:
      case S_IFSOCK:
        break;
      default:
        return refuse(path, "a kind of file that ext2 does not know");
    }
    put_entry(tree_, folder, name, inode);
    return Done{};
  }

  Status read_data(struct archive_entry* entry, Inode& file) {
    to_.store.begin();
    for (;;) {
      const void* bytes = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      const int outcome = archive_read_data_block(input_.handle(), &bytes, &size, &offset);
      if (outcome == ARCHIVE_EOF) break;
      if (outcome < ARCHIVE_WARN) return input_.error(to_.name);
      if (auto status = to_.store.put(static_cast<std::uint64_t>(offset),
                                      {static_cast<const std::byte*>(bytes), size});
          !status)
        return status;
    }
    return to_.store.end(static_cast<std::uint64_t>(archive_entry_size(entry)), tree_, file);
  }

  LibarchiveInput& input_;
  const ArchiveTarget& to_;
  Tree& tree_;
  const std::size_t before_;  // entries from here on are of this archive
};

}  // namespace

Result<std::size_t> add_members(LibarchiveInput& input, const ArchiveTarget& target) {
  return Members(input, target).run();
}

}  // namespace mkramdisk
