// An old ext2 image as a source, to resize, merge or recompress it.
#pragma once

#include <string>

#include "common/error.hpp"
#include "mkramdisk/content_store.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// True when `fd` has an ext2 superblock where one would be. Reads with pread; a pipe has none.
bool has_ext2_superblock(int fd);

// Adds everything in image `path` to directory `top` through libext2fs, contents to `store`.
// Fails (corrupt) on what libext2fs cannot read or what makes no tree, naming the inode.
common::Status add_ext2_image(const std::string& path, InodeId top, std::uint32_t source,
                              bool xattrs, Tree& tree, ContentStore& store);

}  // namespace mkramdisk
