#include "linuxrc/count_command.hpp"

#include <fcntl.h>

#include "linuxrc/count_file.hpp"

namespace linuxrc {

using common::Error;
using common::Status;

Status change_count(Sys& sys, const char* path, CountChange change) {
  const int fd = sys.open(path, O_RDWR | O_SYNC, 0);
  if (fd < 0) return Error::system(-fd, "open %s", path);
  auto env = read_env(sys, fd);
  Status done = common::Done{};
  if (!env) {
    done = env.error();
  } else {
    env->unset("linuxrc_tries");
    if (change == CountChange::first_root)
      for (const char* name : {"linuxrc_root", "linuxrc_reason"}) env->unset(name);
    done = write_env(sys, fd, *env);
  }
  const int closed = sys.close(fd);
  if (!done) return Error::of(done.error().kind(), "%s: %s", path, done.error().text());
  return outcome(closed, "close %s", path);
}

}  // namespace linuxrc
