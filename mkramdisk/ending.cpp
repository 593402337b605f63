#include "mkramdisk/ending.hpp"

#include "common/one_line.hpp"

namespace mkramdisk {

using common::Error;
using common::Status;

Status flushed(const Status& status, std::ostream& out) {
  errno = 0;
  if (out.flush() || !status) return status;
  return Error::system(errno != 0 ? errno : EIO, "write standard output");
}

int complain(const char* name, const Error& error, std::ostream& err) {
  err << name << ": " << common::on_one_line(error.text()) << "\n";
  return error.exit_code();
}

}  // namespace mkramdisk
