// Makes the bytes of any part of the image from the plan. Parts may be made in any order and by
// several threads, one Renderer each.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/error.hpp"
#include "mkramdisk/directory_blocks.hpp"
#include "mkramdisk/ext2_format.hpp"
#include "mkramdisk/layout.hpp"
#include "mkramdisk/source_reader.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// A complete plan, by reference.
struct Plan {
  const Tree& tree;
  const Sources& sources;
  const Layout& layout;
  const Metadata& metadata;
  // Where the layout's arrived blocks wait, in a file of the image's shape; -1 when they stand in
  // the image already.
  int arrived = -1;
};

// Blocks of a part that hold something; all others are zero.
struct UsedRange {
  std::uint64_t block = 0;  // from the begin of the part
  std::uint64_t count = 0;
};

class Renderer {
 public:
  explicit Renderer(const Plan& plan) : plan_(plan), reader_(plan.tree, plan.sources) {}

  // Makes blocks [first, first + out.size() / block size) and names those that are used, sorted.
  // Bytes of `out` outside of them are left as they were.
  common::Status render(std::uint64_t first, std::span<std::byte> out,
                        std::vector<UsedRange>& used);

 private:
  void put_metadata(std::uint64_t first, std::span<std::byte> out, std::vector<UsedRange>& used);
  void put_inode_tables(std::uint64_t first, std::span<std::byte> out,
                        std::vector<UsedRange>& used);
  bool put_inode_block(std::uint64_t first_number, std::span<std::byte> out) const;
  common::Status put_stream(std::uint64_t first, std::span<std::byte> out,
                            std::vector<UsedRange>& used);
  // Stream blocks [stream, ...) that fill `out`, all of them in one free run.
  common::Status put_placements(std::uint64_t stream, std::span<std::byte> out);
  // Blocks of extended attributes from stream offset `stream` on.
  void put_xattrs(std::uint64_t stream, std::span<std::byte> out);
  // Blocks from offset `from` on of one placement.
  common::Status put_blocks(const Placement& placement, std::uint64_t from,
                            std::span<std::byte> out);
  common::Status put_file_data(InodeId inode, std::uint64_t block, std::span<std::byte> out);
  common::Status flush_reads(InodeId inode);
  void put_directory_data(InodeId inode, std::uint64_t block, std::span<std::byte> out);

  const Plan& plan_;
  SourceReader reader_;
  std::vector<iovec> reads_;       // of one file, adjacent in it
  std::uint64_t reads_begin_ = 0;  // byte of the file where they begin
  std::uint64_t reads_end_ = 0;
  InodeId directory_ = none;  // the directory that directory_plan_ is of
  DirectoryPlan directory_plan_;
};

}  // namespace mkramdisk
