// What holds however a boot ends, whichever calls failed.
#pragma once

#include <string>
#include <vector>

#include "tests/linuxrc/end_state.hpp"

namespace linuxrc::fake {

// One sentence for each promise that the run broke. `plain` is how the same boot ends when nothing
// fails, where that is known.
std::vector<std::string> broken_promises(const World& world, const EndState* plain = nullptr);

// Of an overlay's upper alone.
std::vector<std::string> broken_upper_promises(const World& world);
// Of a carry-over alone.
std::vector<std::string> broken_carry_promises(const World& world);
// Of a root from an archive alone.
std::vector<std::string> broken_archive_promises(const World& world);
// Of the programs that are run before init.
std::vector<std::string> broken_program_promises(const World& world);

}  // namespace linuxrc::fake
