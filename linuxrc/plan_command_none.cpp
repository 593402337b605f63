// For a build that does not explain itself: --plan belongs to the larger one.
#include "linuxrc/plan_command.hpp"

namespace linuxrc {

bool is_command(Sys& sys, int argc, const char* const* argv) {
  return argc > 1 && sys.getpid() != 1 && argv[1][0] == '-' && argv[1][1] == '-';
}

int command(Log& log, int, const char* const* argv) {
  log.fail("%s: this small linuxrc only boots", argv[1]);
  return 2;
}

}  // namespace linuxrc
