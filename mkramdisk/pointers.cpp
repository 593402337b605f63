#include "mkramdisk/pointers.hpp"

#include <algorithm>
#include <cstring>

#include "mkramdisk/bytes.hpp"

namespace mkramdisk {

void Pointers::data_pointers(std::uint64_t first, std::uint64_t count, auto store) const {
  const std::uint64_t end = first + count;
  for (std::size_t run = map_.run_at(first); run < map_.runs().size(); ++run) {
    const std::uint64_t from = std::max(first, map_.runs()[run].first);
    const std::uint64_t to = std::min(end, map_.runs()[run].end);
    if (from >= to) break;
    // Within these blocks nothing but the first can have indirect blocks before it.
    std::uint64_t offset = map_.position(run, from) + map_.fresh(run, from).count();
    for (std::uint64_t block = from; block < to;) {
      const Geometry::Position at = geometry_.locate(stream_ + offset);
      const std::uint64_t here = std::min(to - block, at.run);
      for (std::uint64_t i = 0; i < here; ++i)
        store(block + i - first, static_cast<std::uint32_t>(at.block + i));
      block += here;
      offset += here;
    }
  }
}

std::uint32_t Pointers::indirect_pointer(unsigned level, std::uint64_t first,
                                         std::uint64_t end) const {
  const std::size_t run = map_.run_at(first);
  if (run == map_.runs().size() || map_.runs()[run].first >= end) return 0;
  const std::uint64_t block = std::max(first, map_.runs()[run].first);
  const BlockMap::Fresh fresh = map_.fresh(run, block);
  const unsigned outer =
      (level < 3 && fresh.triple ? 1U : 0U) + (level < 2 && fresh.twice ? 1U : 0U);
  return number(map_.position(run, block) + outer);
}

std::array<std::uint32_t, 15> Pointers::in_inode() const {
  std::array<std::uint32_t, 15> pointers{};
  data_pointers(0, BlockMap::direct,
                [&](std::uint64_t i, std::uint32_t block) { pointers[i] = block; });
  std::uint64_t first = BlockMap::direct;
  std::uint64_t span = map_.pointers();
  for (unsigned level = 1; level <= 3; ++level) {
    pointers[11 + level] = indirect_pointer(level, first, first + span);
    first += span;
    span *= map_.pointers();
  }
  return pointers;
}

void Pointers::fill_indirect(unsigned level, std::uint64_t block, std::span<std::byte> out) const {
  const std::uint64_t count = map_.pointers();
  std::memset(out.data(), 0, out.size());
  // Where the tree of this block begins, then where this block begins in it.
  std::uint64_t base = BlockMap::direct;
  std::uint64_t region = count;
  while (block >= base + region) {
    base += region;
    region *= count;
  }
  std::uint64_t span = 1;
  for (unsigned i = 0; i < level; ++i) span *= count;
  const std::uint64_t first = base + (block - base) / span * span;
  if (level == 1) {
    data_pointers(first, count, [&](std::uint64_t i, std::uint32_t number) {
      put32(out.data() + i * 4, number);
    });
    return;
  }
  const std::uint64_t step = span / count;
  for (std::uint64_t i = 0; i < count; ++i)
    put32(out.data() + i * 4,
          indirect_pointer(level - 1, first + i * step, first + (i + 1) * step));
}

}  // namespace mkramdisk
