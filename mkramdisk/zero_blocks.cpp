#include "mkramdisk/zero_blocks.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "mkramdisk/layout.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Status;

constexpr std::size_t buffer_size = 1 << 18;  // bytes, a whole number of blocks
constexpr std::size_t batch = 64;             // files that a thread takes at once

// What a thread found out about one file.
struct Found {
  InodeId inode;
  std::vector<Extent> ranges;
};

class Search {
 public:
  Search(Tree& tree, const Sources& sources, std::uint32_t block_size)
      : tree_(tree),
        sources_(sources),
        block_size_(block_size),
        order_(number_inodes(tree).order) {}

  Status run(unsigned threads) {
    std::vector<std::thread> helpers;
    for (unsigned i = 1; i < threads; ++i) helpers.emplace_back([this] { work(); });
    work();
    for (std::thread& helper : helpers) helper.join();
    if (failed_) return *failed_;
    for (const Found& found : found_) {
      Inode& file = tree_.inodes[found.inode];
      if (file.detail == none) {
        tree_.set_content(file, Content::Where::host, 0, found.ranges);
      } else {
        const Content before = tree_.contents[file.detail];
        tree_.set_content(file, before.where, before.base, found.ranges);
      }
    }
    return Done{};
  }

 private:
  void work() {
    SourceReader reader(tree_, sources_);
    std::vector<std::byte> buffer(buffer_size);
    std::vector<Found> found;
    for (;;) {
      std::size_t begin = 0;
      {
        const std::scoped_lock lock(mutex_);
        begin = std::exchange(next_, next_ + batch);
        if (failed_ || begin >= order_.size()) break;
      }
      const std::size_t end = std::min(begin + batch, order_.size());
      Status status = Done{};
      for (std::size_t i = begin; i < end && status; ++i)
        status = look(order_[i], reader, buffer, found);
      if (status) status = reader.finish();
      if (status) continue;
      const std::scoped_lock lock(mutex_);
      if (!failed_ || begin < failed_at_) {
        failed_ = status.error();
        failed_at_ = begin;
      }
      break;
    }
    const std::scoped_lock lock(mutex_);
    std::move(found.begin(), found.end(), std::back_inserter(found_));
  }

  Status look(InodeId id, SourceReader& reader, std::vector<std::byte>& buffer,
              std::vector<Found>& found) const {
    const Inode& file = tree_.inodes[id];
    if (!file.is(S_IFREG) || file.size == 0) return Done{};
    if (tree_.where(file) == Content::Where::placed) return Done{};  // looked at when it came
    std::vector<Extent> before{{0, file.size}};
    if (file.detail != none) {
      const Content& content = tree_.contents[file.detail];
      const auto first = tree_.extents.begin() + static_cast<std::ptrdiff_t>(content.first);
      before.assign(first, first + static_cast<std::ptrdiff_t>(content.count));
    }
    std::vector<Extent> data;
    bool zeros = false;
    for (const Extent& range : before)
      if (auto status = look_at(id, range, reader, buffer, data, zeros); !status) return status;
    if (zeros) found.push_back({id, std::move(data)});
    return Done{};
  }

  // Adds to `data` the blocks of `range` that are not all zeros.
  Status look_at(InodeId id, const Extent& range, SourceReader& reader,
                 std::vector<std::byte>& buffer, std::vector<Extent>& data, bool& zeros) const {
    const std::uint64_t end = range.offset + range.length;
    for (std::uint64_t at = range.offset; at < end;) {
      // The first piece ends at a block's border, the others are whole blocks.
      const std::size_t size = static_cast<std::size_t>(
          std::min<std::uint64_t>(end - at, buffer.size() - at % block_size_));
      iovec part{buffer.data(), size};
      if (auto status = reader.read(id, at, {&part, 1}); !status) return status;
      for (std::size_t i = 0; i < size;) {
        const std::size_t piece =
            std::min<std::size_t>(size - i, block_size_ - (at + i) % block_size_);
        if (all_zero(buffer.data() + i, piece)) {
          zeros = true;
        } else if (!data.empty() && data.back().offset + data.back().length == at + i) {
          data.back().length += piece;
        } else {
          data.push_back({at + i, piece});
        }
        i += piece;
      }
      at += size;
    }
    return Done{};
  }

  Tree& tree_;
  const Sources& sources_;
  std::uint32_t block_size_;
  const std::vector<InodeId> order_;  // what a name leads to
  std::mutex mutex_;
  std::size_t next_ = 0;
  std::vector<Found> found_;
  std::optional<common::Error> failed_;
  std::size_t failed_at_ = 0;
};

}  // namespace

bool all_zero(const std::byte* bytes, std::size_t size) {
  return size == 0 || (bytes[0] == std::byte{0} && std::memcmp(bytes, bytes + 1, size - 1) == 0);
}

Status find_zero_blocks(Tree& tree, const Sources& sources, std::uint32_t block_size,
                        unsigned threads) {
  return Search(tree, sources, block_size).run(threads);
}

}  // namespace mkramdisk
