// Rules for adding to a tree where names may be there already.
#pragma once

#include <string_view>

#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// Gives inode `id` the mode, owner and time of `from`; a directory stays a directory.
void set_attributes(Tree& tree, InodeId id, const Inode& from);

// Takes `name` out of `directory` if it is there, with all that is below it.
void make_room(Tree& tree, InodeId directory, std::string_view name);

// Adds `inode` under `name`: a directory that meets a directory gives it its attributes and keeps
// its entries; anything else replaces what was there. Returns the inode that now has the name.
InodeId put_entry(Tree& tree, InodeId directory, std::string_view name, const Inode& inode);

// What `path` (with or without leading slashes) leads to, symbolic links not followed; none when
// there is no such thing. "." is skipped and ".." finds nothing.
InodeId find_path(const Tree& tree, std::string_view path);

// The directory `path`, made with what is missing above it (mode 0755, owner 0:0, time `mtime`).
// Fails (not_usable) when something else is in the way.
common::Result<InodeId> make_directories(Tree& tree, std::string_view path, std::int64_t mtime);

// Splits off the last component of `path`: the rest, and that name. Empty components are dropped.
struct SplitPath {
  std::string_view folder;
  std::string_view name;
};
SplitPath split_path(std::string_view path);

}  // namespace mkramdisk
