// The policy `retry`: the mount of a root that fails for a reason that may pass is tried again.
#pragma once

#include "linuxrc/execute.hpp"

namespace linuxrc {

// Lets `mount`, of a root, be tried again for the seconds that its number then says: of a disk as
// long as rootwait= would have it be waited for, within bounds, and of UBI, whose volumes cannot be
// waited for otherwise, without; of NFS as long as the kernel does.
void plan_retry(const Facts& facts, Step& mount);

// For how many seconds `step` is tried again before its policy is what it says; 0 for most.
std::uint64_t retry_seconds(const Step& step);

// For one step.
class Retry {
 public:
  Retry(Machine& machine, const Step& step);  // which outlives this
  // True after a pause when `done` is a failure that may pass and there is time left.
  [[nodiscard]] bool after(const common::Status& done);

 private:
  Machine& machine_;
  const Step& step_;
  std::uint64_t seconds_;
  std::uint64_t end_ms_ = 0;
};

}  // namespace linuxrc
