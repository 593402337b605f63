#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "mkramdisk/mkramdisk.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return mkramdisk::mkramdisk_main(arguments,
                                   {0, 1, std::cout, std::cerr, std::getenv("SOURCE_DATE_EPOCH")});
}
