// The whole program but for its main(): run in-process by the tests.
#pragma once

#include <csignal>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

namespace rdload {

struct Streams {
  std::ostream& out;
  std::ostream& err;
  std::istream& in;  // where ENTER is pressed for the next disk
  bool err_is_terminal = false;
  // Set from a signal handler to stop a load; may be nullptr.
  const volatile std::sig_atomic_t* stop = nullptr;
};

// `arguments` are those after the program's name. Returns the exit code.
int rdload_main(const std::vector<std::string>& arguments, const Streams& streams);

}  // namespace rdload
