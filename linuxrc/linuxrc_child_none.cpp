// For a build without the loader, which has no image whose /linuxrc could be run.
#include "linuxrc/plan.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

void plan_linuxrc(const Facts&, Plan&) {}

common::Status run_linuxrc(Machine&, const Step&) {
  return common::Done{};
}

common::Status make_stand_in(Machine&, const Step&) {
  return common::Done{};
}

}  // namespace linuxrc
