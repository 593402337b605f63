// The program as a function.
#pragma once

#include <ostream>
#include <span>
#include <string>

namespace mkramdisk {

// What the program meets outside of itself. Descriptors and streams stay the caller's.
struct Environment {
  int input = 0;   // for the source "-"
  int output = 1;  // for the image "-"
  std::ostream& out;
  std::ostream& err;
  const char* source_date_epoch = nullptr;  // the variable's value, or null
  std::string program = "mkramdisk";        // as called: genext2fs takes that one's command line
  bool terminal = false;                    // `err` is a terminal: progress may be shown there
};

// Runs with the arguments after the program's name; returns the exit code (see the man page).
int mkramdisk_main(std::span<const std::string> arguments, const Environment& environment);

}  // namespace mkramdisk
