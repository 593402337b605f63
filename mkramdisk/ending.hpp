// How a run of mkramdisk ends: what was kept from being done, its one line on standard error and
// its exit code.
#pragma once

#include <cerrno>
#include <new>
#include <ostream>

#include "common/error.hpp"

namespace mkramdisk {

// Runs `work`, which returns a Status. Memory that cannot be had is one more system error: what was
// begun is taken back on the way, as with any other.
template <class Work>
common::Status run_guarded(Work work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return common::Error::system(ENOMEM, "allocate memory");
  }
}

// `status`, or why `out` could not be written: a plan or a help text that nobody got is no success.
common::Status flushed(const common::Status& status, std::ostream& out);

// Says on `err` that `name` failed and why, and returns the exit code.
int complain(const char* name, const common::Error& error, std::ostream& err);

}  // namespace mkramdisk
