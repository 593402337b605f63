#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "common/standard_streams.hpp"
#include "mkramdisk/mkramdisk.hpp"
#include "mkramdisk/wrap/wrap.hpp"

int main(int argc, char** argv) {
  common::occupy_standard_streams();
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  mkramdisk::Environment environment{.out = std::cout, .err = std::cerr};
  environment.source_date_epoch = std::getenv("SOURCE_DATE_EPOCH");
  environment.terminal = ::isatty(STDERR_FILENO) == 1;
  if (argc > 0) environment.program = argv[0];
  if (mkramdisk::wrap::asked(arguments)) return mkramdisk::wrap::wrap_main(arguments, environment);
  return mkramdisk::mkramdisk_main(arguments, environment);
}
