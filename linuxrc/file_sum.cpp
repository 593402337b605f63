#include "linuxrc/file_sum.hpp"

#include <fcntl.h>

#include <algorithm>

#include "common/lines.hpp"

namespace linuxrc {

using common::Error;
using common::Result;

HexSum hexadecimal(const Sha256::Sum& sum) {
  HexSum text;
  for (const unsigned char byte : sum) text.append("%02x", static_cast<unsigned>(byte));
  return text;
}

Result<FileSum> sum_of_file(Log& log, Watchdog& watchdog, const char* path, std::uint64_t most) {
  Sys& sys = log.sys();
  const int fd = sys.open(path, O_RDONLY, 0);
  if (fd < 0) return Error::system(-fd, "open %s", path);
  static unsigned char buffer[65536];
  FileFacts facts;
  const std::uint64_t size = sys.stat(path, facts) >= 0 ? facts.size : 0;
  const std::uint64_t total = most != 0 ? most : size;
  ProgressLine progress(log);
  Sha256 sum;
  FileSum result;
  ssize_t got = 0;
  do {
    std::size_t wanted = sizeof buffer;
    if (most != 0)
      wanted = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, most - result.bytes));
    got = wanted == 0 ? 0 : sys.read(fd, buffer, wanted);
    if (got > 0) {
      sum.update({buffer, static_cast<std::size_t>(got)});
      result.bytes += static_cast<std::uint64_t>(got);
      progress.tell(result.bytes, total, "checked");
    }
    watchdog.feed();
  } while (got > 0);
  (void)sys.close(fd);  // read only
  if (got < 0) return Error::system(static_cast<int>(-got), "read %s", path);
  result.sum = hexadecimal(sum.finish());
  return result;
}

bool lists_sum(std::string_view recorded, std::string_view sum) {
  while (const auto line = common::next_line(recorded))
    if (line->starts_with(sum)) return true;
  return false;
}

void ProgressLine::tell(std::uint64_t done, std::uint64_t total, const char* what) {
  constexpr std::uint64_t pause_ms = 1000;
  const std::uint64_t now = log_.sys().now_ms();
  if (now - said_ms_ < pause_ms) return;
  said_ms_ = now;
  const auto kib = [](std::uint64_t bytes) {
    return static_cast<unsigned long long>(bytes / 1024);
  };
  if (total != 0)
    log_.say("%llu of %llu KiB %s (%u %%)", kib(done), kib(total), what,
             static_cast<unsigned>(done * 100 / total));
  else
    log_.say("%llu KiB %s", kib(done), what);
}

}  // namespace linuxrc
