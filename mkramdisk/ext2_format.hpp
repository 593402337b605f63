// The one place that calls libext2fs: it decides the format and keeps the accounts.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "common/error.hpp"
#include "mkramdisk/geometry.hpp"

namespace mkramdisk {

// How many blocks and inodes a file system of this format has, without placing anything. Fails
// (does_not_fit) when it is too small to hold even its own structures.
common::Result<Geometry> count_geometry(const Format& format);
// As count_geometry, with the free runs and the inode tables in their places.
common::Result<Geometry> plan_geometry(const Format& format);

// Superblocks, group descriptors and bitmaps by block number, each a whole number of blocks
// except superblocks, which are 1024 bytes at `offset` bytes into the image.
struct MetadataPiece {
  std::uint64_t offset = 0;  // bytes
  std::vector<std::byte> bytes;
};
using Metadata = std::vector<MetadataPiece>;  // sorted by offset, apart from each other

// What is in use, for the accounts.
struct Usage {
  std::uint64_t stream_blocks = 0;             // the first so many blocks of the free runs ...
  std::span<const StreamRange> unused;         // ... but these
  std::uint32_t inodes = 0;                    // numbers first_inode and up
  std::span<const std::uint32_t> directories;  // inode numbers of all but the root
};

// The metadata of a file system of this format with `usage` in use, as libext2fs writes it.
common::Result<Metadata> make_metadata(const Format& format, const Usage& usage);

}  // namespace mkramdisk
