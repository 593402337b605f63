// The small build tries a mount once.
#include "linuxrc/retry.hpp"

namespace linuxrc {

void plan_retry(const Facts&, Step&) {}

Retry::Retry(Machine& machine, const Step& step) : machine_(machine), step_(step), seconds_(0) {}

bool Retry::after(const common::Status&) {
  return false;
}

}  // namespace linuxrc
