// The 128 bytes of one inode, as Linux 2.4 and all later ext2 drivers read them. Pure.
#pragma once

#include <cstddef>
#include <span>

#include "mkramdisk/layout.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// Fills `out`, inode_size bytes that are zero, with the record of inode `id`. Access and change
// times are the modification time: what the host did to its copy is nobody's business.
void write_inode(const Tree& tree, const Layout& layout, InodeId id, std::span<std::byte> out);

}  // namespace mkramdisk
