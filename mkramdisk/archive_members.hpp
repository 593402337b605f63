// The members of one tar or cpio archive become files of the tree.
#pragma once

#include <cstddef>
#include <string>

#include "common/error.hpp"
#include "mkramdisk/content_store.hpp"
#include "mkramdisk/libarchive_input.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// Where members go.
struct ArchiveTarget {
  const std::string& name;  // of the archive, for messages
  InodeId top;              // the directory that they fill
  std::uint32_t source;     // number of the source
  bool xattrs;              // take extended attributes along
  Tree& tree;
  ContentStore& store;  // takes their bytes
};

// Adds all members of the archive that `input` has opened; returns how many there were. What is
// there from earlier archives is replaced, except that directories merge. Fails with not_usable on
// a member that is absolute, has "..", goes through something that is no directory, is there
// twice, or cannot be in ext2: named, never followed; with corrupt where the archive is damaged.
common::Result<std::size_t> add_members(LibarchiveInput& input, const ArchiveTarget& target);

}  // namespace mkramdisk
