// The image is what it was when it was wrapped: its SHA-256 is the recorded one.
#include <fcntl.h>

#include "linuxrc/sha256.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Error;
using common::Failure;
using common::Result;
using common::Status;

namespace {

using Hexadecimal = common::Text<72>;

Hexadecimal hexadecimal(const Sha256::Sum& sum) {
  Hexadecimal text;
  for (const unsigned char byte : sum) text.append("%02x", static_cast<unsigned>(byte));
  return text;
}

Result<Hexadecimal> sum_of(Machine& machine, const char* path) {
  Sys& sys = machine.sys;
  const int fd = sys.open(path, O_RDONLY, 0);
  if (fd < 0) return Error::system(-fd, "open %s", path);
  static unsigned char buffer[65536];
  Sha256 sum;
  ssize_t got = 0;
  do {
    got = sys.read(fd, buffer, sizeof buffer);
    if (got > 0) sum.update({buffer, static_cast<std::size_t>(got)});
    machine.watchdog.feed();
  } while (got > 0);
  (void)sys.close(fd);  // read only
  if (got < 0) return Error::system(static_cast<int>(-got), "read %s", path);
  return hexadecimal(sum.finish());
}

}  // namespace

Status check_image(Machine& machine, const Step& step) {
  char recorded[256];
  const auto length = read_text(machine.sys, step.target, recorded);
  if (!length) return length.error();
  const auto sum = sum_of(machine, step.source);
  if (!sum) return sum.error();
  // "SUM  NAME", as sha256sum(1) writes it.
  if (std::string_view(recorded, *length).substr(0, sum->size()) == sum->view())
    return common::Done{};
  return Error::of(Failure::corrupt,
                   "%s is not what was wrapped: its SHA-256 is %s, and %s says %.64s", step.source,
                   sum->c_str(), step.target, recorded);
}

}  // namespace linuxrc
