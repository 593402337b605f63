#include "mkramdisk/arrival.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "mkramdisk/pointers.hpp"
#include "mkramdisk/zero_blocks.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Status;

constexpr std::size_t most_waiting = 1 << 20;  // bytes

}  // namespace

Arrival::Arrival(Geometry geometry, Sink* image, bool sparse)
    : geometry_(std::move(geometry)),
      image_(image),
      sparse_(sparse),
      map_(geometry_.block_size),
      block_(geometry_.block_size) {
  waiting_.reserve(most_waiting);
}

void Arrival::begin() {
  map_ = BlockMap(geometry_.block_size);
  block_open_ = false;
}

Status Arrival::put(std::uint64_t offset, std::span<const std::byte> data) {
  const std::uint64_t size = geometry_.block_size;
  while (!data.empty()) {
    const std::uint64_t number = offset / size;
    const auto within = static_cast<std::size_t>(offset % size);
    if (block_open_ && block_number_ != number)
      if (auto status = close_block(); !status) return status;
    std::size_t now = 0;
    if (!block_open_ && within == 0 && data.size() >= size) {
      now = data.size() - data.size() % size;
      if (auto status = put_blocks(number, data.first(now)); !status) return status;
    } else {
      if (!std::exchange(block_open_, true)) std::fill(block_.begin(), block_.end(), std::byte{0});
      block_number_ = number;
      now = std::min<std::size_t>(data.size(), size - within);
      std::memcpy(block_.data() + within, data.data(), now);
      if (within + now == size)
        if (auto status = close_block(); !status) return status;
    }
    offset += now;
    data = data.subspan(now);
  }
  return Done{};
}

Status Arrival::close_block() {
  if (!std::exchange(block_open_, false)) return Done{};
  return put_blocks(block_number_, block_);
}

// Whole blocks, of which some may be zeros.
Status Arrival::put_blocks(std::uint64_t first, std::span<const std::byte> data) {
  if (!sparse_) return place(first, data);
  const std::size_t size = geometry_.block_size;
  const auto zero = [&](std::size_t at) { return all_zero(data.data() + at, size); };
  for (std::size_t at = 0; at < data.size();) {
    const bool hole = zero(at);
    std::size_t end = at + size;
    while (end < data.size() && zero(end) == hole) end += size;
    if (!hole)
      if (auto status = place(first + at / size, data.subspan(at, end - at)); !status)
        return status;
    at = end;
  }
  return Done{};
}

Status Arrival::place(std::uint64_t first, std::span<const std::byte> data) {
  const std::uint64_t size = geometry_.block_size;
  const std::uint64_t end = first + data.size() / size;
  map_.append(first, end);
  const std::size_t run = map_.runs().size() - 1;
  for (std::uint64_t block = first; block < end;) {
    const std::uint64_t stop = std::min(end, map_.next_fresh(block));
    const std::uint64_t at = map_.position(run, block) + map_.fresh(run, block).count();
    const auto part = data.subspan((block - first) * size, (stop - block) * size);
    if (auto status = write_stream(next_ + at, part); !status) return status;
    block = stop;
  }
  return Done{};
}

Status Arrival::end(std::uint64_t size, Tree& tree, Inode& file) {
  if (auto status = close_block(); !status) return status;
  if (auto status = put_indirect(); !status) return status;
  std::vector<Extent> ranges;
  for (const BlockRun& run : map_.runs())
    ranges.push_back(
        {run.first * geometry_.block_size, (run.end - run.first) * geometry_.block_size});
  file.size = size;
  tree.set_content(file, Content::Where::placed, next_, ranges);
  next_ += map_.length();
  return Done{};
}

// Only now is it known what the indirect blocks lead to.
Status Arrival::put_indirect() {
  if (next_ + map_.length() > geometry_.free_blocks) return Done{};  // will be refused
  const Pointers pointers(geometry_, map_, next_);
  for (std::size_t run = 0; run < map_.runs().size(); ++run) {
    const BlockRun& in = map_.runs()[run];
    for (std::uint64_t block = in.first; block < in.end; block = map_.next_fresh(block)) {
      const BlockMap::Fresh fresh = map_.fresh(run, block);
      std::uint64_t at = next_ + map_.position(run, block);
      for (unsigned level = 3; level >= 1; --level) {
        if (!(level == 3 ? fresh.triple : level == 2 ? fresh.twice : fresh.once)) continue;
        pointers.fill_indirect(level, block, block_);
        if (auto status = write_stream(at++, block_); !status) return status;
      }
    }
  }
  return Done{};
}

Status Arrival::write_stream(std::uint64_t stream, std::span<const std::byte> data) {
  const std::uint64_t size = geometry_.block_size;
  while (!data.empty() && stream < geometry_.free_blocks) {
    const Geometry::Position at = geometry_.locate(stream);
    const auto part = data.first(std::min<std::uint64_t>(data.size(), at.run * size));
    if (auto status = stage(at.block * size, part); !status) return status;
    stream += part.size() / size;
    data = data.subspan(part.size());
  }
  return Done{};
}

// Waiting bytes may have gaps of a few blocks, which indirect blocks fill later.
Status Arrival::stage(std::uint64_t offset, std::span<const std::byte> data) {
  if (image_ == nullptr) return Done{};
  const std::uint64_t end = waiting_at_ + waiting_.size();
  if (offset >= waiting_at_ && offset + data.size() <= end) {
    std::memcpy(waiting_.data() + (offset - waiting_at_), data.data(), data.size());
    return Done{};
  }
  if (offset < end) return image_->write(offset, data);
  const std::uint64_t gap = offset - end;
  if (waiting_.empty() || gap > 3ULL * geometry_.block_size ||
      waiting_.size() + gap + data.size() > most_waiting) {
    if (auto status = flush(); !status) return status;
    waiting_at_ = offset;
  } else {
    waiting_.resize(waiting_.size() + gap);
  }
  if (data.size() >= most_waiting) {
    waiting_at_ = offset + data.size();
    return image_->write(offset, data);
  }
  waiting_.insert(waiting_.end(), data.begin(), data.end());
  return Done{};
}

Status Arrival::flush() {
  if (waiting_.empty()) return Done{};
  auto status = image_->write(waiting_at_, waiting_);
  waiting_at_ += waiting_.size();
  waiting_.clear();
  return status;
}

Status Arrival::finish() {
  return image_ == nullptr ? Status(Done{}) : flush();
}

Status Arrival::clear(std::span<const StreamRange> unused) {
  const std::vector<std::byte> zeros(most_waiting);
  const std::uint64_t most = most_waiting / geometry_.block_size;
  for (StreamRange range : unused) {
    while (range.count != 0 && range.begin < next_) {
      const std::uint64_t count = std::min(range.count, most);
      if (auto status =
              write_stream(range.begin, std::span(zeros).first(count * geometry_.block_size));
          !status)
        return status;
      range = {range.begin + count, range.count - count};
    }
  }
  return finish();
}

}  // namespace mkramdisk
