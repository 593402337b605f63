// Linux 2.4 has none.
#include "linuxrc/nullfs.hpp"

namespace linuxrc {

void gather_nullfs(Log&, Facts&) {}

bool can_be_pivoted_away(const Facts&) {
  return false;
}

bool lies_on_top(const Step&) {
  return false;
}

common::Status uncover_new_root(Machine&, const Step&) {
  return common::Done{};
}

}  // namespace linuxrc
