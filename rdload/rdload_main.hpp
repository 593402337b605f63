// The whole program but for its main(): run in-process by the tests.
#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "rdload/stop.hpp"

namespace rdload {

struct Streams {
  std::ostream& out;
  std::ostream& err;
  std::istream& in;  // where ENTER is pressed for the next disk
  bool err_is_terminal = false;
  Stop stop;
  int in_fd = -1;  // what `in` reads, so that waiting for ENTER can be ended; -1: not known
};

// `arguments` are those after the program's name. Returns the exit code.
int rdload_main(const std::vector<std::string>& arguments, const Streams& streams);

}  // namespace rdload
