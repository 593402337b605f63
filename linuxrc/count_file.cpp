#include "linuxrc/count_file.hpp"

namespace linuxrc {

using common::Error;
using common::Status;

common::Result<GrubEnv> read_env(Sys& sys, int fd) {
  char block[GrubEnv::size + 1];  // one more, to see that it is longer
  const ssize_t length = read_full(sys, fd, block);
  if (length < 0) return Error::system(static_cast<int>(-length), "read");
  return GrubEnv::parse({block, static_cast<std::size_t>(length)});
}

Status write_env(Sys& sys, int fd, const GrubEnv& env) {
  const Status back = outcome(sys.rewind(fd), "lseek");
  if (!back) return back;
  const ssize_t written = sys.write(fd, env.block().data(), env.block().size());
  if (written < 0) return Error::system(static_cast<int>(-written), "write");
  if (static_cast<std::size_t>(written) < env.block().size())
    return Error::of(common::Failure::system, "write: %d bytes only", static_cast<int>(written));
  return common::Done{};
}

}  // namespace linuxrc
