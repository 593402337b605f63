// Into a directory of the current one and back, for whoever deletes trees. Names alone are used, so
// that paths of any length can be walked.
#pragma once

#include <fcntl.h>

#include <cerrno>

#include "linuxrc/sys.hpp"

namespace linuxrc {

struct Descent {
  Sys& sys;
  int deepest;  // levels; each keeps a descriptor open
  int depth = 0;
  bool lost = false;  // the way back failed: names mean something else now

  // Calls inside() while the directory `name` is the current one; failed(-errno, "chdir") when that
  // cannot be, or there is no way back. True when it was entered.
  template <class Inside, class Failed>
  bool enter(const char* name, Inside inside, Failed failed) {
    // Back by descriptor: ".." would lead from the initramfs to the new root that covers it.
    const int here = depth == deepest ? -ELOOP : sys.open(".", O_RDONLY | O_DIRECTORY, 0);
    if (here < 0) {
      failed(here, "open the directory above");
      return false;
    }
    const int entered = sys.chdir(name);
    if (entered < 0) {
      failed(entered, "chdir");
    } else {
      ++depth;
      inside();
      --depth;
      const int back = sys.fchdir(here);
      if (back < 0) failed(back, "fchdir to above");
      lost = lost || back < 0;
    }
    (void)sys.close(here);  // a directory
    return entered >= 0;
  }
};

}  // namespace linuxrc
