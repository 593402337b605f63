// Work done beside the caller. The core knows no threads: whoever links it may supply a lane, and
// small builds do without.
#pragma once

#include <cstddef>

namespace rdload {

// Jobs that are done one after another, in the order in which they came. All calls come from one
// thread; the jobs may run in another.
class Lane {
 public:
  Lane() = default;
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  virtual ~Lane() = default;

  static constexpr std::size_t most = 4;  // jobs that are not done yet

  // Calls job(context) some time, at the latest within wait(0). At most `most` at a time.
  virtual void begin(void (*job)(void* context), void* context) = 0;
  // Until no more than `left` jobs are not done. What those that are have written can be read then.
  virtual void wait(std::size_t left) = 0;
};

}  // namespace rdload
