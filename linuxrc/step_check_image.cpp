// The image is what it was when it was wrapped: its SHA-256 is the recorded one.
#include "linuxrc/file_sum.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Error;
using common::Failure;
using common::Status;

Status check_image(Machine& machine, const Step& step) {
  char recorded[256];
  const auto length = read_text(machine.sys, step.target, recorded);
  if (!length) return length.error();
  const auto found = sum_of_file(machine.log, machine.watchdog, step.source);
  if (!found) return found.error();
  if (lists_sum({recorded, *length}, found->sum.view())) return common::Done{};
  return Error::of(Failure::corrupt,
                   "%s is not what was wrapped: its SHA-256 is %s, and %s says %.64s", step.source,
                   found->sum.c_str(), step.target, recorded);
}

}  // namespace linuxrc
