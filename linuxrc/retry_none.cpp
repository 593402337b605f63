// The small build tries a mount once.
#include "linuxrc/retry.hpp"

namespace linuxrc {

void plan_retry(const Facts&, Step&) {}

Retry::Retry(Machine& machine, const Step&) : machine_(machine), seconds_(0) {}

bool Retry::after(const common::Status&) {
  return false;
}

}  // namespace linuxrc
