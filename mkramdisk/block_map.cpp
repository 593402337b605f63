#include "mkramdisk/block_map.hpp"

#include <algorithm>
#include <utility>

namespace mkramdisk {
namespace {

std::uint64_t ceil_div(std::uint64_t a, std::uint64_t b) {
  return (a + b - 1) / b;
}

}  // namespace

BlockMap::BlockMap(std::uint32_t block_size, std::vector<BlockRun> runs)
    : pointers_(block_size / 4), runs_(std::move(runs)) {
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    runs_[i].stream = length_;
    count_run(i);
  }
}

void BlockMap::count_run(std::size_t run) {
  const std::uint64_t last = runs_[run].end - 1;
  length_ = position(run, last) + fresh(run, last).count() + 1;
}

void BlockMap::append(std::uint64_t first, std::uint64_t end) {
  if (!runs_.empty() && runs_.back().end == first)
    runs_.back().end = end;
  else
    runs_.push_back({first, end, length_});
  count_run(runs_.size() - 1);
}

BlockMap::Parents BlockMap::parents(std::uint64_t block) const {
  if (block < direct) return {};
  std::uint64_t rest = block - direct;
  // Numbered from 1 through all levels, so that equal numbers mean the same indirect block.
  Parents found;
  found.once = rest / pointers_ + 1;
  if (rest < pointers_) return found;
  rest -= pointers_;
  found.twice = rest / (pointers_ * pointers_) + 1;
  if (rest < pointers_ * pointers_) return found;
  found.triple = 1;
  return found;
}

std::uint64_t BlockMap::dense_indirect(std::uint64_t blocks) const {
  if (blocks <= direct) return 0;
  std::uint64_t rest = blocks - direct;
  std::uint64_t count = ceil_div(rest, pointers_);
  if (rest <= pointers_) return count;
  rest -= pointers_;
  count += ceil_div(rest, pointers_ * pointers_);
  return rest <= pointers_ * pointers_ ? count : count + 1;
}

std::size_t BlockMap::run_at(std::uint64_t block) const {
  const auto at =
      std::upper_bound(runs_.begin(), runs_.end(), block,
                       [](std::uint64_t key, const BlockRun& r) { return key < r.end; });
  return static_cast<std::size_t>(at - runs_.begin());
}

BlockMap::Fresh BlockMap::fresh(std::size_t run, std::uint64_t block) const {
  const Parents now = parents(block);
  Parents before;
  if (block > runs_[run].first)
    before = parents(block - 1);
  else if (run > 0)
    before = parents(runs_[run - 1].end - 1);
  return {now.triple != before.triple, now.twice != before.twice && now.twice != 0,
          now.once != before.once && now.once != 0};
}

std::uint64_t BlockMap::position(std::size_t run, std::uint64_t block) const {
  const BlockRun& in = runs_[run];
  if (block == in.first) return in.stream;
  return in.stream + fresh(run, in.first).count() + (block - in.first) +
         (dense_indirect(block) - dense_indirect(in.first + 1));
}

BlockMap::Place BlockMap::place_of(std::uint64_t offset) const {
  const auto after =
      std::upper_bound(runs_.begin(), runs_.end(), offset,
                       [](std::uint64_t key, const BlockRun& r) { return key < r.stream; });
  const auto run = static_cast<std::size_t>(after - runs_.begin()) - 1;
  // The last block whose position is not beyond the offset.
  std::uint64_t low = runs_[run].first;
  std::uint64_t high = runs_[run].end;
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    (position(run, middle) <= offset ? low : high) = middle;
  }
  return {run, low};
}

}  // namespace mkramdisk
