#include "linuxrc/nullfs.hpp"

#include "common/lines.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::field_of;
using common::Status;

void gather_nullfs(Log& log, Facts& facts) {
  if (facts.kernel.before(7, 0)) return;  // there is none
  static char text[4096];
  const auto length = read_text(log.sys(), "/proc/self/mountinfo", text);
  if (!length) {
    log.warn("%s, going on as on an older kernel", length.error().text());
    return;
  }
  std::string_view lines{text, *length};
  while (const auto line = common::next_line(lines)) {
    if (field_of(*line, ' ', 4) != "/") continue;
    // The mount's own number and its parent's, which are one where it is the bottom of all.
    facts.on_nullfs = field_of(*line, ' ', 0) != field_of(*line, ' ', 1);
    return;
  }
}

bool can_be_pivoted_away(const Facts& facts) {
  const bool ran_linuxrc = facts.initrd_loaded && !root_is_image(facts);
  return facts.on_nullfs && !facts.kernel.before(7, 0) && !ran_linuxrc;
}

bool lies_on_top(const Step& step) {
  return std::string_view(step.target) == ".";
}

Status uncover_new_root(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  Status done = outcome(sys.fchdir(machine.old_root), "fchdir to the initramfs");
  if (done) done = outcome(sys.pivot_root(".", "."), "pivot_root . . to the initramfs");
  // Now it is the new root that lies on top.
  if (done) done = uncover_root(machine, {.op = Op::uncover_root, .target = step.source});
  return done;
}

}  // namespace linuxrc
