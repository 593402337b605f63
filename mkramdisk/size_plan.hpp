// How large the file system becomes: exactly as asked, or as small as the tree allows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/error.hpp"
#include "mkramdisk/geometry.hpp"
#include "mkramdisk/layout.hpp"

namespace mkramdisk {

// What -s says: a size in bytes, or the smallest plus some slack.
struct SizeRequest {
  bool smallest = false;
  std::uint64_t bytes = 4096 * 1024;  // the size, or the slack in bytes
  unsigned percent = 0;               // slack as a share of the smallest
};
// "4096k", "min", "min+10%", "min+512k". Fails (usage) on anything else.
common::Result<SizeRequest> parse_size_request(std::string_view text);

struct InodeRequest {
  std::optional<std::uint32_t> count;            // all inodes, the reserved ones too, as mke2fs -N
  std::optional<std::uint32_t> bytes_per_inode;  // as mke2fs -i; 4096 when neither is given
  bool fewest = false;  // as many as there are files, when neither is given
};

struct SizePlan {
  Format format;            // with blocks and inodes filled in
  std::uint64_t bytes = 0;  // of the image file
};

// Chooses `blocks` and `inodes` of `format`. Fails (does_not_fit), naming `image`, what is needed
// and what there is, when the tree does not fit a size that was asked for.
common::Result<SizePlan> plan_size(Format format, const Needs& needs, const SizeRequest& size,
                                   const InodeRequest& inodes, const std::string& image);

// The fewest blocks of a file system with `format.inodes` inodes and at least `free_blocks` blocks
// for files.
common::Result<std::uint64_t> smallest_blocks(const Format& format, std::uint64_t free_blocks);

}  // namespace mkramdisk
