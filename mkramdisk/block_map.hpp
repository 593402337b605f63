// Which blocks one file needs and in what order they lie: the arithmetic of ext2's direct,
// indirect, double and triple indirect pointers. Pure; no file, no file system.
//
// A file's blocks form one stream: data in order, and each indirect block immediately before the
// first data block that it leads to. A stream is laid into the free blocks of the image as it is,
// so that reading a file forward reads the disk forward.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mkramdisk {

// Data blocks [first, end) of a file, with where that run begins in the file's stream.
struct BlockRun {
  std::uint64_t first = 0;   // logical block of the file
  std::uint64_t end = 0;     // one past the last
  std::uint64_t stream = 0;  // offset in the file's stream of what comes with `first`
};

class BlockMap {
 public:
  static constexpr std::uint64_t direct = 12;  // EXT2_NDIR_BLOCKS

  // What leads to a data block: the indirect blocks that begin with it, outermost first.
  struct Fresh {
    bool triple = false;
    bool twice = false;
    bool once = false;
    [[nodiscard]] unsigned count() const {
      return static_cast<unsigned>(triple) + static_cast<unsigned>(twice) +
             static_cast<unsigned>(once);
    }
  };

  // `block_size` in bytes; `runs` sorted and apart from each other, streams not yet filled in.
  BlockMap(std::uint32_t block_size, std::vector<BlockRun> runs);
  explicit BlockMap(std::uint32_t block_size) : pointers_(block_size / 4) {}

  // Adds data blocks [first, end), which come after all that are there, to the end of the stream.
  void append(std::uint64_t first, std::uint64_t end);

  // Blocks in the stream: data and indirect.
  [[nodiscard]] std::uint64_t length() const { return length_; }
  [[nodiscard]] std::span<const BlockRun> runs() const { return runs_; }
  [[nodiscard]] std::uint64_t pointers() const { return pointers_; }

  // The run that holds, or else is the first after, logical block `block`; runs().size() if none.
  [[nodiscard]] std::size_t run_at(std::uint64_t block) const;
  // Indirect blocks that begin with data block `block` of run `run`.
  [[nodiscard]] Fresh fresh(std::size_t run, std::uint64_t block) const;
  // Stream offset of what comes with data block `block` of run `run`: its fresh indirect blocks,
  // then the data.
  [[nodiscard]] std::uint64_t position(std::size_t run, std::uint64_t block) const;
  // The data block whose group of blocks (as position counts) holds stream offset `offset`.
  struct Place {
    std::size_t run;
    std::uint64_t block;
  };
  [[nodiscard]] Place place_of(std::uint64_t offset) const;

  // The first data block after `block` that an indirect block of its own leads to.
  [[nodiscard]] std::uint64_t next_fresh(std::uint64_t block) const {
    return block < direct ? direct : direct + ((block - direct) / pointers_ + 1) * pointers_;
  }

  // The largest number of logical blocks that ext2's pointers reach with this block size.
  [[nodiscard]] std::uint64_t most_blocks() const {
    return direct + pointers_ * (1 + pointers_ * (1 + pointers_));
  }

 private:
  // Which indirect block of each level leads to `block`; 0 where that level is not used.
  struct Parents {
    std::uint64_t once = 0, twice = 0, triple = 0;
  };
  [[nodiscard]] Parents parents(std::uint64_t block) const;
  // Brings the length up to the end of run `run`, the last that is counted.
  void count_run(std::size_t run);
  // Indirect blocks that data blocks [0, blocks) of a dense file need.
  [[nodiscard]] std::uint64_t dense_indirect(std::uint64_t blocks) const;

  std::uint64_t pointers_;  // pointers in a block
  std::vector<BlockRun> runs_;
  std::uint64_t length_ = 0;
};

}  // namespace mkramdisk
