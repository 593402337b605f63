// The plan of an image: every inode number and every block number, from sizes alone. Pure: nothing
// here reads a file or writes one, and the writer decides nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/error.hpp"
#include "mkramdisk/block_map.hpp"
#include "mkramdisk/geometry.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// What a tree needs, whatever the size of the image.
struct Needs {
  std::uint64_t blocks = 0;       // data, indirect and directory blocks
  std::uint64_t inodes = 0;       // the root's not counted: it has a reserved number
  std::uint64_t directories = 0;  // the root counted
  bool large_files = false;       // some file has 2 GiB or more
  bool attributes = false;        // some inode has extended attributes
};

// Blocks of extended attributes: the last blocks of the stream, each shared by inodes that have the
// same ones.
struct XattrBlocks {
  struct Block {
    std::uint32_t set = 0;     // index into Tree::xattr_sets
    std::uint32_t inodes = 0;  // that share it
  };
  std::vector<Block> blocks;
  std::vector<std::uint32_t>
      of_inode;  // by InodeId: index into blocks, or none; empty for no block
};

// A file's, link's or directory's blocks: `count` of them from offset `stream` on in the image's
// stream, which fills the free runs of the geometry in order.
struct Placement {
  std::uint64_t stream = 0;
  InodeId inode = 0;
  std::uint32_t count = 0;
};

// Inode numbers: the root has 2, all others follow from 11 on in the order of a walk that numbers
// the entries of a directory before it descends into them.
struct Numbering {
  std::vector<InodeId> order;           // order[i] has number first_inode + i
  std::vector<std::uint32_t> of_inode;  // number by InodeId; 0 where no name leads to it
  std::vector<InodeId> parent;          // of directories, by InodeId
};
Numbering number_inodes(const Tree& tree);

// Which times the image holds. The source's own stay in the tree, where they tell a change.
struct TimeRule {
  std::optional<std::int64_t> all;     // every time, seconds since 1970
  std::optional<std::int64_t> latest;  // none later than this
  // 128-byte inodes hold 32 signed bits: 13 December 1901 to 19 January 2038.
  static constexpr std::int64_t first = INT32_MIN;
  static constexpr std::int64_t last = INT32_MAX;
  [[nodiscard]] std::int64_t wanted(std::int64_t time) const {
    if (all) return *all;
    return latest ? std::min(time, *latest) : time;
  }
  [[nodiscard]] std::int64_t stored(std::int64_t time) const {
    return std::clamp(wanted(time), first, last);
  }
};

struct Layout {
  Geometry geometry;
  TimeRule times;
  unsigned revision = 1;
  Numbering numbers;
  std::vector<Placement> placements;        // sorted by stream
  std::vector<std::uint32_t> placement_of;  // by InodeId: index into placements, or none
  XattrBlocks xattrs;
  std::uint64_t stream_blocks = 0;   // used of geometry.free_blocks
  std::uint64_t arrived_blocks = 0;  // of these, the first that were written already
  std::vector<std::uint32_t> directory_numbers;

  // Stream offset of the first block of extended attributes.
  [[nodiscard]] std::uint64_t xattr_begin() const { return stream_blocks - xattrs.blocks.size(); }
  // Block number of the inode's extended attributes, or 0.
  [[nodiscard]] std::uint64_t xattr_block(InodeId inode) const {
    if (xattrs.of_inode.empty() || xattrs.of_inode[inode] == none) return 0;
    return geometry.locate(xattr_begin() + xattrs.of_inode[inode]).block;
  }
  [[nodiscard]] const Placement* placement(InodeId inode) const {
    const std::uint32_t index = placement_of[inode];
    return index == none ? nullptr : &placements[index];
  }
};

// The block map of a regular file or a symbolic link, from its size and its data ranges.
BlockMap map_blocks(const Tree& tree, const Inode& inode, std::uint32_t block_size);
// As map_blocks, for whatever was placed: a directory's blocks are dense, and as many as were
// planned.
BlockMap map_placement(const Tree& tree, const Placement& placement, std::uint32_t block_size);
// A symbolic link that ext2 keeps in the inode itself: fewer than 60 bytes.
inline bool is_fast_link(const Inode& inode) {
  return inode.is(S_IFLNK) && inode.size < 60;
}

// Every inode's blocks in stream order, before it is known whether they fit. Fails (not_usable)
// on what ext2 cannot hold, naming it: a link of a block or more, a file beyond triple indirect
// blocks, more than 32000 links, 2 GiB in revision 0.
struct Demand {
  Numbering numbers;
  std::vector<Placement> placements;
  XattrBlocks xattrs;
  Needs needs;
};
// The first `arrived` blocks of the stream are taken by files that were placed as they came.
common::Result<Demand> measure(const Tree& tree, std::uint32_t block_size, unsigned revision,
                               std::uint64_t arrived = 0);

// Blocks of the stream that belong to nothing, though others follow: of files that came and were
// replaced or left out later.
std::vector<StreamRange> unused_ranges(const Layout& layout);

// Lays the demand into a geometry that is large enough (see size_plan.hpp).
Layout lay_out(const Tree& tree, Demand demand, Geometry geometry, unsigned revision);

}  // namespace mkramdisk
