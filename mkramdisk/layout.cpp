#include "mkramdisk/layout.hpp"

#include <algorithm>
#include <utility>

#include "mkramdisk/directory_blocks.hpp"
#include "mkramdisk/xattrs.hpp"

namespace mkramdisk {
namespace {

using common::Error;
using common::Failure;

constexpr std::uint32_t most_links = 32000;         // EXT2_LINK_MAX
constexpr std::uint64_t large_file = 1ULL << 31;    // bytes; what a signed 32-bit size cannot hold
constexpr std::uint64_t most_sectors = UINT32_MAX;  // i_blocks counts 512-byte units in 32 bits

std::uint64_t ceil_div(std::uint64_t a, std::uint64_t b) {
  return (a + b - 1) / b;
}

// Blocks of one inode; fails on what ext2 cannot express.
common::Result<std::uint64_t> blocks_of(const Tree& tree, InodeId id, std::uint32_t block_size,
                                        unsigned revision) {
  const Inode& inode = tree.inodes[id];
  const auto refuse = [&](const char* reason) {
    return Error::of(Failure::not_usable, "%s: %s", tree.path_of(id).c_str(), reason);
  };
  if (inode.links > most_links)
    return Error::of(Failure::not_usable, "%s: %u links, and ext2 allows 32000",
                     tree.path_of(id).c_str(), inode.links);
  switch (inode.mode & S_IFMT) {
    case S_IFDIR: {
      const std::uint32_t blocks = pack_directory(tree, inode, block_size).blocks();
      return BlockMap(block_size, {{0, blocks, 0}}).length();
    }
    case S_IFLNK:
      if (is_fast_link(inode)) return std::uint64_t{0};
      if (inode.size >= block_size) return refuse("symbolic link too long for a block");
      return std::uint64_t{1};
    case S_IFREG: {
      if (inode.size >= large_file && revision == 0)
        return refuse("2 GiB or more, which revision 0 cannot hold");
      const BlockMap map = map_blocks(tree, inode, block_size);
      if (ceil_div(inode.size, block_size) > map.most_blocks() ||
          map.length() > most_sectors / (block_size / 512))
        return refuse("too large for this block size");
      return map.length();
    }
    default:
      return std::uint64_t{0};
  }
}

// Gives inodes with attributes a block, the last one of their set while it takes more.
class XattrPlanner {
 public:
  XattrPlanner(const Tree& tree, std::uint32_t block_size)
      : tree_(tree), block_size_(block_size), open_(tree.xattr_sets.size(), none) {}

  common::Status add(InodeId id, XattrBlocks& plan) {
    const std::uint32_t set = tree_.inodes[id].xattrs;
    if (set == none) return common::Done{};
    if (!xattrs_fit(tree_.xattr_sets[set], block_size_))
      return Error::of(Failure::not_usable,
                       "%s: its extended attributes take more than a block of %u bytes",
                       tree_.path_of(id).c_str(), block_size_);
    if (open_[set] == none || plan.blocks[open_[set]].inodes == most_sharing) {
      open_[set] = static_cast<std::uint32_t>(plan.blocks.size());
      plan.blocks.push_back({set, 0});
    }
    if (plan.of_inode.empty()) plan.of_inode.assign(tree_.inodes.size(), none);
    plan.of_inode[id] = open_[set];
    ++plan.blocks[open_[set]].inodes;
    return common::Done{};
  }

 private:
  const Tree& tree_;
  std::uint32_t block_size_;
  std::vector<std::uint32_t> open_;  // by set: the block that still takes inodes
};

}  // namespace

Numbering number_inodes(const Tree& tree) {
  Numbering numbering;
  numbering.of_inode.assign(tree.inodes.size(), 0);
  numbering.parent.assign(tree.inodes.size(), Tree::root);
  numbering.of_inode[Tree::root] = root_inode;
  numbering.order.reserve(tree.inodes.size());
  std::vector<InodeId> waiting{Tree::root};
  while (!waiting.empty()) {
    const InodeId directory = waiting.back();
    waiting.pop_back();
    const std::size_t before = waiting.size();
    for (const Entry& entry : tree.entries_of(tree.inodes[directory])) {
      if (numbering.of_inode[entry.inode] != 0) continue;
      numbering.of_inode[entry.inode] =
          first_inode + static_cast<std::uint32_t>(numbering.order.size());
      numbering.order.push_back(entry.inode);
      if (!tree.inodes[entry.inode].is(S_IFDIR)) continue;
      numbering.parent[entry.inode] = directory;
      waiting.push_back(entry.inode);
    }
    std::reverse(waiting.begin() + static_cast<std::ptrdiff_t>(before), waiting.end());
  }
  return numbering;
}

BlockMap map_blocks(const Tree& tree, const Inode& inode, std::uint32_t block_size) {
  std::vector<BlockRun> runs;
  if (!inode.is(S_IFREG) || inode.detail == none) {
    if (inode.size != 0) runs.push_back({0, ceil_div(inode.size, block_size), 0});
    return {block_size, std::move(runs)};
  }
  const Content& content = tree.contents[inode.detail];
  for (std::size_t i = content.first; i < content.first + content.count; ++i) {
    const Extent& extent = tree.extents[i];
    const std::uint64_t first = extent.offset / block_size;
    const std::uint64_t end = ceil_div(extent.offset + extent.length, block_size);
    if (!runs.empty() && first <= runs.back().end)
      runs.back().end = std::max(runs.back().end, end);
    else
      runs.push_back({first, end, 0});
  }
  return {block_size, std::move(runs)};
}

BlockMap map_placement(const Tree& tree, const Placement& placement, std::uint32_t block_size) {
  const Inode& inode = tree.inodes[placement.inode];
  if (!inode.is(S_IFDIR)) return map_blocks(tree, inode, block_size);
  // The stream's length counts indirect blocks too; its last block tells how many hold data.
  const BlockMap longest(block_size, {{0, placement.count, 0}});
  return {block_size, {{0, longest.place_of(placement.count - 1).block + 1, 0}}};
}

common::Result<Demand> measure(const Tree& tree, std::uint32_t block_size, unsigned revision,
                               std::uint64_t arrived) {
  Demand demand;
  demand.numbers = number_inodes(tree);
  demand.needs.blocks = arrived;
  std::vector<Placement> placed;
  XattrPlanner xattrs(tree, block_size);
  const auto place = [&](InodeId id) -> common::Status {
    if (auto status = xattrs.add(id, demand.xattrs); !status) return status;
    auto blocks = blocks_of(tree, id, block_size, revision);
    if (!blocks) return blocks.error();
    const Inode& inode = tree.inodes[id];
    if (inode.is(S_IFDIR)) ++demand.needs.directories;
    if (inode.is(S_IFREG) && inode.size >= large_file) demand.needs.large_files = true;
    const auto count = static_cast<std::uint32_t>(*blocks);
    if (count == 0) return common::Done{};
    if (inode.is(S_IFREG) && tree.where(inode) == Content::Where::placed) {
      placed.push_back({tree.contents[inode.detail].base, id, count});
    } else {
      demand.placements.push_back({demand.needs.blocks, id, count});
      demand.needs.blocks += count;
    }
    return common::Done{};
  };
  if (auto status = place(Tree::root); !status) return status.error();
  for (const InodeId id : demand.numbers.order)
    if (auto status = place(id); !status) return status.error();
  demand.needs.inodes = demand.numbers.order.size();
  demand.needs.blocks += demand.xattrs.blocks.size();
  demand.needs.attributes = !demand.xattrs.blocks.empty();
  std::sort(placed.begin(), placed.end(),
            [](const Placement& a, const Placement& b) { return a.stream < b.stream; });
  demand.placements.insert(demand.placements.begin(), placed.begin(), placed.end());
  return demand;
}

std::vector<StreamRange> unused_ranges(const Layout& layout) {
  std::vector<StreamRange> unused;
  std::uint64_t at = 0;
  for (const Placement& placement : layout.placements) {
    if (placement.stream > at) unused.push_back({at, placement.stream - at});
    at = placement.stream + placement.count;
  }
  if (at < layout.xattr_begin()) unused.push_back({at, layout.xattr_begin() - at});
  return unused;
}

Layout lay_out(const Tree& tree, Demand demand, Geometry geometry, unsigned revision) {
  Layout layout;
  layout.geometry = std::move(geometry);
  layout.revision = revision;
  layout.numbers = std::move(demand.numbers);
  layout.placements = std::move(demand.placements);
  layout.xattrs = std::move(demand.xattrs);
  layout.stream_blocks = demand.needs.blocks;
  layout.placement_of.assign(tree.inodes.size(), none);
  for (std::uint32_t i = 0; i < layout.placements.size(); ++i)
    layout.placement_of[layout.placements[i].inode] = i;
  for (const InodeId id : layout.numbers.order)
    if (tree.inodes[id].is(S_IFDIR))
      layout.directory_numbers.push_back(layout.numbers.of_inode[id]);
  return layout;
}

Geometry::Position Geometry::locate(std::uint64_t stream) const {
  const auto after =
      std::upper_bound(free_runs.begin(), free_runs.end(), stream,
                       [](std::uint64_t key, const FreeRun& run) { return key < run.stream; });
  const FreeRun& run = *(after - 1);
  const std::uint64_t within = stream - run.stream;
  return {run.block + within, run.count - within};
}

}  // namespace mkramdisk
