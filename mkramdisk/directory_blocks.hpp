// How the names of a directory are packed into blocks, and the blocks themselves. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// The entries of one directory, in the order in which they are written.
struct DirectoryPlan {
  // Positions in Tree::entries_of(directory).
  std::vector<std::uint32_t> order;
  // Block i holds order[starts[i]] to order[starts[i + 1] - 1]; block 0 also "." and "..".
  std::vector<std::uint32_t> starts;

  [[nodiscard]] std::uint32_t blocks() const {
    return static_cast<std::uint32_t>(starts.size()) - 1;
  }
};

// Packs by sorted name, next to next; where that leaves more blocks than the names' bytes ask
// for, largest first, whichever takes fewer blocks. `block_size` in bytes. The tree is finished.
DirectoryPlan pack_directory(const Tree& tree, const Inode& directory, std::uint32_t block_size);

// What a directory block says about the inodes it names.
struct DirectoryNumbers {
  std::uint32_t self = 0;
  std::uint32_t parent = 0;
  std::span<const std::uint32_t> of_inode;  // inode number by InodeId
};

// Fills `out`, one block, with block `index` of the directory. `file_types`: the format keeps them
// (not in revision 0).
void write_directory_block(const Tree& tree, const Inode& directory, const DirectoryPlan& plan,
                           std::uint32_t index, const DirectoryNumbers& numbers, bool file_types,
                           std::span<std::byte> out);

}  // namespace mkramdisk
