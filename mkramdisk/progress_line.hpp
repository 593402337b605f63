// One line on a terminal that says how far the image is.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include "mkramdisk/mkramdisk.hpp"
#include "mkramdisk/options.hpp"

namespace mkramdisk {

class ProgressLine {
 public:
  // Shows nothing in the first second, nor where there is no terminal. `total` in bytes.
  ProgressLine(const Environment& environment, Progress wanted, std::uint64_t total);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { end(); }

  // So many bytes more are done. From any thread.
  void add(std::uint64_t bytes);
  // Takes the line away.
  void end();

 private:
  using Clock = std::chrono::steady_clock;

  std::ostream& err_;
  const bool shown_;
  const std::uint64_t total_;
  std::mutex mutex_;
  std::uint64_t done_ = 0;
  Clock::time_point next_;  // when to show the line again
  bool there_ = false;
};

}  // namespace mkramdisk
