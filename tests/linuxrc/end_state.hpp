// What a boot leaves to the system that it starts.
#pragma once

#include <set>
#include <string>

#include "tests/linuxrc/world.hpp"

namespace linuxrc::fake {

using EndState = std::multiset<std::string>;

// A line each: the program that runs, what it sees mounted where, the modules, and what was given
// up. Empty where no system was started.
EndState end_state(const World& world);

// What one has and the other has not, or "".
std::string difference(const EndState& plain, const EndState& other);

}  // namespace linuxrc::fake
