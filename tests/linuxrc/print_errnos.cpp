// Prints what each call can fail with, for tests/linuxrc/inject: "open ENOENT", one a line, with
// "end" for the end of a file. A read or write of one byte only cannot be had from strace.
#include <cstdio>
#include <cstring>

#include "tests/linuxrc/errnos.hpp"

int main() {
  using namespace linuxrc::fake;
  for (const Errors& row : errors())
    for (const int error : row.list)
      if (error != one_byte)
        std::printf("%s %s\n", name_of(row.call), error == at_end ? "end" : strerrorname_np(error));
  return 0;
}
