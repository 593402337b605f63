// The SHA-256 of a file, and the text that records it.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/error.hpp"
#include "linuxrc/log.hpp"
#include "linuxrc/sha256.hpp"
#include "linuxrc/watchdog.hpp"

namespace linuxrc {

using HexSum = common::Text<72>;  // 64 digits, lower case
HexSum hexadecimal(const Sha256::Sum& sum);

struct FileSum {
  HexSum sum;
  std::uint64_t bytes = 0;  // that were read
};
// Of the first `most` bytes of `path`, a file or a device; of all when that is 0. Says every
// second how far it is. Errors name the call.
common::Result<FileSum> sum_of_file(Log& log, Watchdog& watchdog, const char* path,
                                    std::uint64_t most = 0);

// One of the lines of `recorded`, "SUM  NAME" as sha256sum(1) writes them, begins with `sum`.
bool lists_sum(std::string_view recorded, std::string_view sum);

// Says how far something is, once a second from the first second on.
class ProgressLine {
 public:
  explicit ProgressLine(Log& log) : log_(log), said_ms_(log.sys().now_ms()) {}
  // `total` is 0 where it is not known. In bytes; `what` is "4 MiB of 9 MiB WHAT".
  void tell(std::uint64_t done, std::uint64_t total, const char* what);

 private:
  Log& log_;
  std::uint64_t said_ms_;
};

}  // namespace linuxrc
