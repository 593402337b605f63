#include "mkramdisk/renderer.hpp"

#include <algorithm>
#include <cstring>

#include "common/io.hpp"
#include "mkramdisk/inode_record.hpp"
#include "mkramdisk/pointers.hpp"
#include "mkramdisk/xattrs.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Status;

}  // namespace

Status Renderer::render(std::uint64_t first, std::span<std::byte> out,
                        std::vector<UsedRange>& used) {
  used.clear();
  put_metadata(first, out, used);
  put_inode_tables(first, out, used);
  if (auto status = put_stream(first, out, used); !status) return status;
  std::sort(used.begin(), used.end(),
            [](const UsedRange& a, const UsedRange& b) { return a.block < b.block; });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < used.size(); ++i) {
    if (used[i].block == used[kept].block + used[kept].count)
      used[kept].count += used[i].count;
    else
      used[++kept] = used[i];
  }
  if (!used.empty()) used.resize(kept + 1);
  return reader_.finish();
}

void Renderer::put_metadata(std::uint64_t first, std::span<std::byte> out,
                            std::vector<UsedRange>& used) {
  const std::uint64_t size = plan_.layout.geometry.block_size;
  const std::uint64_t begin = first * size;
  const std::uint64_t end = begin + out.size();
  auto piece = std::partition_point(
      plan_.metadata.begin(), plan_.metadata.end(),
      [&](const MetadataPiece& p) { return p.offset + p.bytes.size() <= begin; });
  for (; piece != plan_.metadata.end() && piece->offset < end; ++piece) {
    const std::uint64_t from = std::max(begin, piece->offset);
    const std::uint64_t to = std::min<std::uint64_t>(end, piece->offset + piece->bytes.size());
    const std::uint64_t block = (from - begin) / size;
    const std::uint64_t count = (to - begin + size - 1) / size - block;
    if (from % size != 0 || to % size != 0)  // a superblock in a larger block
      std::memset(out.data() + block * size, 0, count * size);
    std::memcpy(out.data() + (from - begin), piece->bytes.data() + (from - piece->offset),
                to - from);
    used.push_back({block, count});
  }
}

bool Renderer::put_inode_block(std::uint64_t first_number, std::span<std::byte> out) const {
  const auto& order = plan_.layout.numbers.order;
  const std::uint64_t last_used = first_inode + order.size() - 1;
  if (first_number > last_used) return false;
  std::memset(out.data(), 0, out.size());
  for (std::size_t at = 0; at < out.size(); at += inode_size, ++first_number) {
    if (first_number > last_used) break;
    InodeId id = none;
    if (first_number == root_inode) id = Tree::root;
    if (first_number >= first_inode) id = order[first_number - first_inode];
    if (id != none) write_inode(plan_.tree, plan_.layout, id, out.subspan(at, inode_size));
  }
  return true;
}

void Renderer::put_inode_tables(std::uint64_t first, std::span<std::byte> out,
                                std::vector<UsedRange>& used) {
  const Geometry& geometry = plan_.layout.geometry;
  const std::uint64_t size = geometry.block_size;
  const std::uint64_t end = first + out.size() / size;
  const std::uint64_t in_block = size / inode_size;
  const std::uint64_t table = (geometry.inodes_per_group + in_block - 1) / in_block;
  const auto& tables = geometry.inode_tables;
  auto at = std::partition_point(tables.begin(), tables.end(),
                                 [&](std::uint64_t begin) { return begin + table <= first; });
  for (; at != tables.end() && *at < end; ++at) {
    const std::uint64_t numbers =
        static_cast<std::uint64_t>(at - tables.begin()) * geometry.inodes_per_group + 1;
    for (std::uint64_t block = std::max(first, *at); block < std::min(end, *at + table); ++block) {
      if (put_inode_block(numbers + (block - *at) * in_block,
                          out.subspan((block - first) * size, size)))
        used.push_back({block - first, 1});
    }
  }
}

Status Renderer::put_stream(std::uint64_t first, std::span<std::byte> out,
                            std::vector<UsedRange>& used) {
  const Layout& layout = plan_.layout;
  const std::uint64_t size = layout.geometry.block_size;
  const std::uint64_t end = first + out.size() / size;
  const auto& runs = layout.geometry.free_runs;
  auto run = std::partition_point(runs.begin(), runs.end(),
                                  [&](const FreeRun& r) { return r.block + r.count <= first; });
  for (; run != runs.end() && run->block < end; ++run) {
    const std::uint64_t from = std::max(first, run->block);
    const std::uint64_t to = std::min(end, run->block + run->count);
    const std::uint64_t stream = run->stream + (from - run->block);
    if (stream >= layout.stream_blocks) break;
    const std::uint64_t count = std::min(to - from, layout.stream_blocks - stream);
    const auto part = out.subspan((from - first) * size, count * size);
    const std::uint64_t there =
        std::min(count, layout.arrived_blocks - std::min(layout.arrived_blocks, stream));
    if (there != 0 && plan_.arrived >= 0) {
      auto got = common::pread_full(plan_.arrived, part.first(there * size), from * size,
                                    "temporary file");
      if (!got) return got.error();
      used.push_back({from - first, there});
    }
    if (there == count) continue;
    if (auto status = put_placements(stream + there, part.subspan(there * size)); !status)
      return status;
    used.push_back({from - first + there, count - there});
  }
  return Done{};
}

Status Renderer::put_placements(std::uint64_t stream, std::span<std::byte> out) {
  const std::uint64_t size = plan_.layout.geometry.block_size;
  const auto& all = plan_.layout.placements;
  auto placement = std::partition_point(
      all.begin(), all.end(), [&](const Placement& p) { return p.stream + p.count <= stream; });
  for (std::uint64_t done = 0; done < out.size(); ++placement) {
    if (placement == all.end()) {
      put_xattrs(stream + done / size, out.subspan(done));
      break;
    }
    const std::uint64_t from = stream + done / size - placement->stream;
    const std::uint64_t bytes =
        std::min<std::uint64_t>(out.size() - done, (placement->count - from) * size);
    if (auto status = put_blocks(*placement, from, out.subspan(done, bytes)); !status)
      return status;
    done += bytes;
  }
  return Done{};
}

void Renderer::put_xattrs(std::uint64_t stream, std::span<std::byte> out) {
  const Layout& layout = plan_.layout;
  const std::size_t size = layout.geometry.block_size;
  for (std::size_t at = 0; at < out.size(); at += size, ++stream) {
    const XattrBlocks::Block& block = layout.xattrs.blocks[stream - layout.xattr_begin()];
    write_xattr_block(plan_.tree.xattr_sets[block.set], block.inodes, out.subspan(at, size));
  }
}

Status Renderer::put_blocks(const Placement& placement, std::uint64_t from,
                            std::span<std::byte> out) {
  const std::uint64_t size = plan_.layout.geometry.block_size;
  const Inode& inode = plan_.tree.inodes[placement.inode];
  if (inode.is(S_IFLNK)) {
    const std::string_view target = plan_.tree.target_of(inode);
    std::memcpy(out.data(), target.data(), target.size());
    std::memset(out.data() + target.size(), 0, out.size() - target.size());
    return Done{};
  }
  const BlockMap map = map_placement(plan_.tree, placement, plan_.layout.geometry.block_size);
  const Pointers pointers(plan_.layout.geometry, map, placement.stream);
  const std::uint64_t end = from + out.size() / size;
  const auto place = [&](std::uint64_t offset) {
    return out.subspan((offset - from) * size, size);
  };
  auto [run, block] = map.place_of(from);
  for (std::uint64_t offset = map.position(run, block); offset < end;) {
    const BlockMap::Fresh fresh = map.fresh(run, block);
    for (unsigned level = 3; level >= 1; --level) {
      if (!(level == 3 ? fresh.triple : level == 2 ? fresh.twice : fresh.once)) continue;
      if (offset >= from && offset < end) pointers.fill_indirect(level, block, place(offset));
      ++offset;
    }
    // Data up to the next indirect block or hole.
    const std::uint64_t stop = std::min(map.next_fresh(block), map.runs()[run].end);
    const std::uint64_t skip = offset < from ? from - offset : 0;
    const std::uint64_t last = std::min(stop - block, end > offset ? end - offset : 0);
    if (skip < last) {
      const auto data = out.subspan((offset + skip - from) * size, (last - skip) * size);
      if (inode.is(S_IFDIR)) {
        put_directory_data(placement.inode, block + skip, data);
      } else if (auto status = put_file_data(placement.inode, block + skip, data); !status) {
        return status;
      }
    }
    offset += stop - block;
    block = stop;
    if (block == map.runs()[run].end && ++run < map.runs().size()) block = map.runs()[run].first;
  }
  return inode.is(S_IFREG) ? flush_reads(placement.inode) : Status(Done{});
}

Status Renderer::put_file_data(InodeId inode, std::uint64_t block, std::span<std::byte> out) {
  const std::uint64_t begin = block * plan_.layout.geometry.block_size;
  const std::uint64_t in_file =
      std::min<std::uint64_t>(out.size(), plan_.tree.inodes[inode].size - begin);
  std::memset(out.data() + in_file, 0, out.size() - in_file);
  if (!reads_.empty() && reads_end_ != begin)
    if (auto status = flush_reads(inode); !status) return status;
  if (reads_.empty()) reads_begin_ = begin;
  reads_.push_back({out.data(), in_file});
  reads_end_ = begin + in_file;
  return Done{};
}

Status Renderer::flush_reads(InodeId inode) {
  if (reads_.empty()) return Done{};
  auto status = reader_.read(inode, reads_begin_, reads_);
  reads_.clear();
  return status;
}

void Renderer::put_directory_data(InodeId inode, std::uint64_t block, std::span<std::byte> out) {
  const Layout& layout = plan_.layout;
  const std::uint64_t size = layout.geometry.block_size;
  const Inode& directory = plan_.tree.inodes[inode];
  if (directory_ != inode) {
    directory_plan_ = pack_directory(plan_.tree, directory, layout.geometry.block_size);
    directory_ = inode;
  }
  const DirectoryNumbers numbers{layout.numbers.of_inode[inode],
                                 layout.numbers.of_inode[layout.numbers.parent[inode]],
                                 layout.numbers.of_inode};
  for (std::uint64_t at = 0; at < out.size(); at += size, ++block)
    write_directory_block(plan_.tree, directory, directory_plan_, static_cast<std::uint32_t>(block),
                          numbers, layout.revision > 0, out.subspan(at, size));
}

}  // namespace mkramdisk
