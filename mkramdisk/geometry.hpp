// The shape of an ext2 file system as libext2fs decides it, as a value.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace mkramdisk {

using Uuid = std::array<std::uint8_t, 16>;

// What the file system is asked to be. Sizes in bytes unless they say blocks.
struct Format {
  std::uint32_t block_size = 1024;
  std::uint64_t blocks = 4096;
  std::uint32_t inodes = 1024;
  unsigned revision = 1;
  double reserved_percent = 0;
  bool large_files = false;  // some file has 2 GiB or more
  bool attributes = false;   // some inode has extended attributes
  std::string label;         // at most 16 bytes
  Uuid uuid{};
  std::int64_t time = 0;  // every time stamp of the superblock
};

inline constexpr std::uint32_t first_inode = 11;  // EXT2_GOOD_OLD_FIRST_INO
inline constexpr std::uint32_t root_inode = 2;    // EXT2_ROOT_INO
inline constexpr std::uint32_t inode_size = 128;  // bytes; what Linux 2.4 knows

// A run of blocks that no metadata occupies.
struct FreeRun {
  std::uint64_t block = 0;  // number of the first
  std::uint64_t count = 0;
  std::uint64_t stream = 0;  // blocks in the runs before this one
};

// A part of all free runs, laid end to end.
struct StreamRange {
  std::uint64_t begin = 0;  // blocks before it
  std::uint64_t count = 0;
};

struct Geometry {
  std::uint32_t block_size = 0;
  std::uint64_t blocks = 0;  // of the file system; a last group too short for any file is left out
  std::uint64_t free_blocks = 0;  // for files and directories
  std::uint32_t inodes = 0;       // rounded up by the format
  std::uint32_t inodes_per_group = 0;
  std::uint32_t groups = 0;
  std::uint32_t blocks_per_group = 0;
  std::uint64_t reserved_blocks = 0;
  std::vector<FreeRun> free_runs;           // empty when only counted
  std::vector<std::uint64_t> inode_tables;  // first block of each group's table

  // Block number of stream offset `stream`, and how many blocks follow it without a gap, itself
  // included.
  struct Position {
    std::uint64_t block;
    std::uint64_t run;
  };
  [[nodiscard]] Position locate(std::uint64_t stream) const;

  // Inodes that files may have: all but the ten reserved ones; the root has one of those.
  [[nodiscard]] std::uint32_t free_inodes() const { return inodes - (first_inode - 1); }
};

}  // namespace mkramdisk
