#include "mkramdisk/report.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/one_line.hpp"

namespace mkramdisk {
namespace {

constexpr std::size_t most_directories = 10;  // shown

std::uint64_t kib(std::uint64_t blocks, const Layout& layout) {
  return blocks * layout.geometry.block_size / 1024;
}

// Blocks of each directory with all that is below it, largest first.
std::vector<std::pair<std::uint64_t, InodeId>> by_room(const Tree& tree, const Layout& layout) {
  std::vector<std::uint64_t> blocks(tree.inodes.size(), 0);
  const auto& order = layout.numbers.order;
  // Directories come before what they hold, so going backwards sums up each subtree first. A file
  // with several names counts where it was found first.
  for (std::size_t i = order.size(); i-- > 0;) {
    const InodeId id = order[i];
    if (const Placement* placement = layout.placement(id)) blocks[id] += placement->count;
    const EntryId name = tree.inodes[id].name;
    blocks[tree.entries[name].parent] += blocks[id];
  }
  std::vector<std::pair<std::uint64_t, InodeId>> directories;
  for (const InodeId id : order)
    if (tree.inodes[id].is(S_IFDIR)) directories.emplace_back(blocks[id], id);
  std::stable_sort(directories.begin(), directories.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  if (directories.size() > most_directories) directories.resize(most_directories);
  return directories;
}

void print_capacity(const Layout& layout, std::ostream& out) {
  const Geometry& geometry = layout.geometry;
  const std::uint64_t total = kib(geometry.blocks, layout);
  const std::uint64_t shown = kib(geometry.free_blocks, layout);
  const std::uint64_t tables = std::uint64_t{geometry.inodes} * inode_size / 1024;
  const std::uint64_t left = geometry.free_blocks - layout.stream_blocks;
  const std::uint64_t available =
      left > geometry.reserved_blocks ? left - geometry.reserved_blocks : 0;
  out << "df shows:     " << shown << " KiB, of which " << kib(layout.stream_blocks, layout)
      << " used and " << kib(available, layout) << " available\n"
      << "              " << total << " KiB less " << total - shown
      << " KiB that ext2 keeps for itself: " << tables << " KiB of inode tables ("
      << geometry.inodes << " inodes of " << inode_size << " bytes),\n"
      << "              the rest boot block, superblocks, group descriptors and bitmaps\n";
}

}  // namespace

void print_plan(const Tree& tree, const Layout& layout, const SizePlan& size, const Needs& needs,
                std::ostream& out) {
  const Geometry& geometry = layout.geometry;
  out << "image:        " << size.bytes << " bytes (" << size.bytes / 1024 << " KiB)\n"
      << "file system:  ext2 revision " << layout.revision << ", " << geometry.blocks
      << " blocks of " << geometry.block_size << " bytes, " << geometry.groups
      << (geometry.groups == 1 ? " group\n" : " groups\n");
  const std::uint64_t lost = size.bytes - geometry.blocks * geometry.block_size;
  if (lost >= geometry.block_size)
    out << "              the last " << lost / 1024
        << " KiB are too few for a group of their own and stay unused\n";
  out << "inodes:       " << geometry.inodes << ", of which " << needs.inodes + first_inode - 1
      << " used (" << needs.directories << " directories)\n"
      << "blocks:       " << geometry.free_blocks << " for files, of which " << layout.stream_blocks
      << " used\n";
  print_capacity(layout, out);
  const auto directories = by_room(tree, layout);
  if (directories.empty()) return;
  out << "what takes the room, in KiB:\n";
  for (const auto& [blocks, id] : directories) {
    const std::string number = std::to_string(kib(blocks, layout));
    out << std::string(number.size() < 12 ? 12 - number.size() : 0, ' ') << number << "  /"
        << common::on_one_line(tree.path_of(id)) << "\n";
  }
}

}  // namespace mkramdisk
