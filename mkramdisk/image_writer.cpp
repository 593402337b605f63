#include "mkramdisk/image_writer.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace mkramdisk {
namespace {

using common::Done;
using common::Status;

// Large enough that a write costs little beside its bytes, small enough to stay in the cache
// between being read and being written.
constexpr std::uint64_t chunk_size = 1 << 20;  // bytes

class Job {
 public:
  Job(const Plan& plan, Sink& sink, const WriteOptions& options)
      : plan_(plan),
        sink_(sink),
        options_(options),
        chunks_((options.size + chunk_size - 1) / chunk_size) {}

  Status run() {
    std::vector<std::thread> helpers;
    const auto threads = std::min<std::uint64_t>(std::max(1U, options_.threads), chunks_);
    for (unsigned i = 1; i < threads; ++i) helpers.emplace_back([this] { work(); });
    work();
    for (std::thread& helper : helpers) helper.join();
    return failed_ ? Status(*failed_) : Status(Done{});
  }

 private:
  void work() {
    Renderer renderer(plan_);
    std::vector<std::byte> buffer(chunk_size);
    std::vector<UsedRange> used;
    while (const auto chunk = take()) {
      Status status = one(renderer, *chunk, buffer, used);
      const std::scoped_lock lock(mutex_);
      if (!status && (!failed_ || *chunk < failed_chunk_)) {
        failed_ = status.error();
        failed_chunk_ = *chunk;
      }
      turn_changed_.notify_all();
    }
  }

  std::optional<std::uint64_t> take() {
    const std::scoped_lock lock(mutex_);
    if (failed_ || next_ == chunks_) return std::nullopt;
    return next_++;
  }

  Status one(Renderer& renderer, std::uint64_t chunk, std::vector<std::byte>& buffer,
             std::vector<UsedRange>& used) {
    const Geometry& geometry = plan_.layout.geometry;
    const std::uint64_t size = geometry.block_size;
    const std::uint64_t begin = chunk * chunk_size;
    const std::uint64_t bytes = std::min(chunk_size, options_.size - begin);
    const std::uint64_t in_fs = geometry.blocks * size;
    used.clear();
    if (begin < in_fs) {
      const auto part = std::span(buffer).first(std::min(bytes, in_fs - begin));
      if (auto status = renderer.render(begin / size, part, used); !status) return status;
    }
    Status status = sink_.ordered() ? in_turn(chunk, std::span(buffer).first(bytes), used)
                                    : anywhere(begin, buffer, used);
    if (status && options_.progress) options_.progress(bytes);
    return status;
  }

  Status anywhere(std::uint64_t begin, std::span<const std::byte> buffer,
                  const std::vector<UsedRange>& used) {
    const std::uint64_t size = plan_.layout.geometry.block_size;
    for (const UsedRange& range : used) {
      auto status = sink_.write(begin + range.block * size,
                                buffer.subspan(range.block * size, range.count * size));
      if (!status) return status;
    }
    return Done{};
  }

  Status in_turn(std::uint64_t chunk, std::span<std::byte> bytes,
                 const std::vector<UsedRange>& used) {
    const std::uint64_t size = plan_.layout.geometry.block_size;
    std::uint64_t at = 0;
    for (const UsedRange& range : used) {
      std::memset(bytes.data() + at, 0, range.block * size - at);
      at = (range.block + range.count) * size;
    }
    std::memset(bytes.data() + at, 0, bytes.size() - at);
    {
      std::unique_lock lock(mutex_);
      turn_changed_.wait(lock, [&] { return failed_ || turn_ == chunk; });
      if (failed_) return Done{};
    }
    Status status = sink_.write(chunk * chunk_size, bytes);
    // After a failure it is nobody's turn: nothing is written behind a gap.
    if (!status) return status;
    const std::scoped_lock lock(mutex_);
    ++turn_;
    turn_changed_.notify_all();
    return status;
  }

  const Plan& plan_;
  Sink& sink_;
  const WriteOptions& options_;
  const std::uint64_t chunks_;
  std::mutex mutex_;
  std::condition_variable turn_changed_;
  std::uint64_t next_ = 0;
  std::uint64_t turn_ = 0;  // the chunk that an ordered sink takes next
  std::optional<common::Error> failed_;
  std::uint64_t failed_chunk_ = 0;
};

}  // namespace

Status write_image(const Plan& plan, Sink& sink, const WriteOptions& options) {
  return Job(plan, sink, options).run();
}

}  // namespace mkramdisk
