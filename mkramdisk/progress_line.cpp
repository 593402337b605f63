#include "mkramdisk/progress_line.hpp"

#include <algorithm>

namespace mkramdisk {

ProgressLine::ProgressLine(const Environment& environment, Progress wanted, std::uint64_t total)
    : err_(environment.err),
      shown_(environment.terminal && wanted == Progress::automatic),
      total_(std::max<std::uint64_t>(total, 1)),
      next_(Clock::now() + std::chrono::seconds(1)) {}

void ProgressLine::add(std::uint64_t bytes) {
  if (!shown_) return;
  const std::scoped_lock lock(mutex_);
  done_ += bytes;
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(100);
  err_ << "\rmkramdisk: " << done_ * 100 / total_ << " % of " << total_ / 1024 << " KiB "
       << std::flush;
  there_ = true;
}

void ProgressLine::end() {
  if (!there_) return;
  err_ << "\r\033[K" << std::flush;
  there_ = false;
}

}  // namespace mkramdisk
