// The steps that only an image to run in RAM takes.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "common/lines.hpp"
#include "linuxrc/file_sum.hpp"
#include "linuxrc/mtd.hpp"
#include "linuxrc/ramroot.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

constexpr unsigned most_partitions = 128;  // in the minors of one byte

void say_partitions(Log& log, std::string_view table) {
  log.fail("the MTD partitions that exist (/proc/mtd):");
  (void)common::next_line(table);  // the head
  if (table.empty()) log.fail("  none");
  while (const auto line = common::next_line(table))
    log.fail("  %.*s", static_cast<int>(line->size()), line->data());
}

// Its driver may still be looking at the chips.
Status find_mtd(Machine& machine, const Step& step) {
  constexpr unsigned poll_ms = 50;
  static char text[8192];
  Path path;
  path.append("%s/proc/mtd", machine.facts.work.c_str());
  const std::uint64_t start = machine.sys.now_ms();
  bool said = false;
  for (;;) {
    const auto length = read_text(machine.sys, path.c_str(), text);
    if (!length && length.error().errno_value() != ENOENT) return length.error();
    const auto number = mtd_number({text, length ? *length : 0}, step.source);
    if (number && *number < most_partitions) {
      machine.root =
          *step.type != '\0' ? makedev(mtd_block_major, *number) : makedev(mtd_major, *number * 2);
      return Done{};
    }
    const std::uint64_t waited_ms = machine.sys.now_ms() - start;
    if (step.number != Options::wait_forever && waited_ms >= step.number * 1000) {
      if (step.on_failure == OnFailure::stop)
        say_partitions(machine.log, {text, length ? *length : 0});
      return Error::of(Failure::system, "find the MTD partition %s: %s has none of this name",
                       step.source, path.c_str());
    }
    if (!said && waited_ms >= 500) machine.log.say("waiting for the MTD partition %s", step.source);
    said = said || waited_ms >= 500;
    machine.watchdog.sleep_ms(poll_ms);
  }
}

Status make_source(Machine& machine, const Step& step) {
  const dev_t device = machine.root.value_or(0);
  if (major(device) != mtd_major) return make_node(machine, step.target, device);
  (void)machine.sys.unlink(step.target);  // mknod says what is wrong if it is still there
  return outcome(machine.sys.mknod(step.target, S_IFCHR | 0600, device), "mknod %s c %u %u",
                 step.target, major(device), minor(device));
}

// A file has the size that is asked for; a device at least.
Status check_size(Machine& machine, const Step& step) {
  FileFacts found;
  const Status seen = outcome(machine.sys.stat(step.source, found), "stat %s", step.source);
  if (!seen || step.number == 0 || !S_ISREG(found.mode) || found.size == step.number) return seen;
  return Error::of(Failure::corrupt, "%s has %llu bytes, not %llu (linuxrc.ramroot.size=)",
                   step.source, static_cast<unsigned long long>(found.size),
                   static_cast<unsigned long long>(step.number));
}

Status check_source(Machine& machine, const Step& step) {
  const Status sized = check_size(machine, step);
  const bool beside = *step.target != '\0';
  if (!sized || (!beside && step.data == nullptr)) return sized;
  char recorded[1024] = "";
  if (beside) {
    const auto length = read_text(machine.sys, step.target, recorded);
    if (!length) return length.error();
  }
  const auto found = sum_of_file(machine.log, machine.watchdog, step.source, step.number);
  if (!found) return found.error();
  if (found->bytes < step.number)
    return Error::of(Failure::corrupt, "%s ends after %llu bytes", step.source,
                     static_cast<unsigned long long>(found->bytes));
  if (lists_sum(beside ? recorded : step.data, found->sum.view())) {
    machine.log.say("%s: its SHA-256 is right", step.source);
    return Done{};
  }
  return Error::of(Failure::corrupt, "%s is damaged or another image: its SHA-256 is %s, not %.64s",
                   step.source, found->sum.c_str(), beside ? recorded : step.data);
}

}  // namespace

Status perform_ramroot(Machine& machine, const Step& step) {
  switch (step.op) {
    case Op::find_mtd:
      return find_mtd(machine, step);
    case Op::make_source:
      return make_source(machine, step);
    case Op::check_source: {
      // What could not be checked is as little to be used as what is damaged.
      const Status done = check_source(machine, step);
      return done ? done : Error::of(Failure::corrupt, "%s", done.error().text());
    }
    case Op::unpack:
      return unpack(machine, step);
    case Op::refuse:
      return Error::of(Failure::does_not_fit, "%s", step.source);
    default:
      return Done{};  // none of these
  }
}

}  // namespace linuxrc
