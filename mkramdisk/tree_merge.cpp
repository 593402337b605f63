#include "mkramdisk/tree_merge.hpp"

#include <algorithm>
#include <string>

namespace mkramdisk {
namespace {

// The next component of `path`, taken off it; empty at the end.
std::string_view take_component(std::string_view& path) {
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  const std::string_view name = path.substr(0, path.find('/'));
  path.remove_prefix(name.size());
  return name;
}

}  // namespace

void set_attributes(Tree& tree, InodeId id, const Inode& from) {
  Inode& inode = tree.inodes[id];
  inode.mode = (inode.mode & S_IFMT) | (from.mode & 07777);
  inode.uid = from.uid;
  inode.gid = from.gid;
  inode.mtime = from.mtime;
  inode.mtime_ns = from.mtime_ns;
  inode.xattrs = from.xattrs;
}

void make_room(Tree& tree, InodeId directory, std::string_view name) {
  // What is below a removed directory is not reached by any walk and so has no part in the image.
  if (const EntryId there = tree.find(directory, name); there != none) tree.remove(there);
}

InodeId put_entry(Tree& tree, InodeId directory, std::string_view name, const Inode& inode) {
  const EntryId there = tree.find(directory, name);
  if (there != none) {
    const InodeId old = tree.entries[there].inode;
    if (inode.is(S_IFDIR) && tree.inodes[old].is(S_IFDIR)) {
      set_attributes(tree, old, inode);
      return old;
    }
    tree.remove(there);
  }
  return tree.entries[tree.add(directory, name, inode)].inode;
}

InodeId find_path(const Tree& tree, std::string_view path) {
  InodeId at = Tree::root;
  for (;;) {
    const std::string_view name = take_component(path);
    if (name.empty()) return at;
    if (name == ".") continue;
    if (!tree.inodes[at].is(S_IFDIR)) return none;
    const EntryId entry = tree.find(at, name);
    if (entry == none) return none;
    at = tree.entries[entry].inode;
  }
}

common::Result<InodeId> make_directories(Tree& tree, std::string_view path, std::int64_t mtime) {
  InodeId at = Tree::root;
  for (std::string_view rest = path;;) {
    const std::string_view name = take_component(rest);
    if (name.empty()) return at;
    if (name == ".") continue;
    EntryId entry = tree.find(at, name);
    if (entry == none) {
      Inode made;
      made.mode = S_IFDIR | 0755;
      made.mtime = mtime;
      entry = tree.add(at, name, made);
    }
    at = tree.entries[entry].inode;
    if (!tree.inodes[at].is(S_IFDIR))
      return common::Error::of(common::Failure::not_usable, "%s: %s is not a directory",
                               std::string(path).c_str(), tree.path_of(at).c_str());
  }
}

SplitPath split_path(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {{}, path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

}  // namespace mkramdisk
