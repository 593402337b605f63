// Running in RAM from flash, image after image, and at last where an image lies.
#include "linuxrc/ramroot.hpp"

#include <sys/mount.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "linuxrc/device.hpp"
#include "linuxrc/report.hpp"
#include "linuxrc/root_chain.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

using common::Error;
using common::Failure;
using common::Status;

// Policy of a failure between the stages.
Status leave_to_next(Machine& machine, Status done) {
  Plan texts;
  if (!done && !current_root(machine.facts, texts).is_last)
    machine.next_root = can_take_next_root(machine);
  return done;
}

// A sound image that this machine could not load. What is damaged, or no image, says so.
bool is_sound(const Error& error) {
  return error.kind() == Failure::does_not_fit || error.kind() == Failure::system;
}

// What a failed attempt leaves beside what its failed stage took back itself: the flash, what was
// unpacked, and a loop device of the RAM disk or of the image.
void drop_attempt(Machine& machine, std::size_t mark) {
  (void)take_back(machine, mark);  // says what it could not
  let_ram_disk_go(machine);
  machine.facts.ram_disk_device = ram0();
}

// Other than a loop device these keep what was written, until the next image is.
bool writes_brd_or_zram(const Facts& facts) {
  const unsigned kind = major(facts.ram_disk_device);
  return facts.ramroot.in_place == InPlace::no && !facts.ramroot.archive &&
         (is_ram_disk(facts.ram_disk_device) || (kind != 0 && kind == facts.zram_major));
}

Status attempt(Machine& machine) {
  Facts& facts = machine.facts;
  Status done = run_stage(machine, plan_find_image);
  if (!done) return done;
  const InPlace in_place = facts.ramroot.in_place;
  Plan texts;
  const unsigned at =
      in_place == InPlace::no ? current_root(facts, texts).at : facts.ramroot.place_at;
  done = leave_to_next(machine, gather_ramroot(machine));
  if (!done) return done;
  if (in_place == InPlace::image && (facts.ramroot.compressed || facts.ramroot.archive))
    facts.ramroot.in_place = InPlace::flash;
  done = run_stage(machine, plan_load_ramroot);
  if (!done && in_place == InPlace::no && is_sound(done.error()) && !facts.ramroot.has_sound) {
    facts.ramroot.has_sound = true;
    facts.ramroot.place_at = at;
  }
  facts.ramroot.written = facts.ramroot.written || writes_brd_or_zram(facts);
  if (!done) return done;
  done = run_stage(machine, plan_mount_ramroot);
  if (!done || in_place != InPlace::no) return done;
  machine.root.reset();  // a tmpfs has no device
  if (!facts.ramroot.archive) machine.root = facts.ram_disk_device;
  return done;
}

}  // namespace

Status mount_root_of_chain(Machine& machine) {
  const Facts& facts = machine.facts;
  if (!wants_ramroot(facts)) {
    if (facts.value("linuxrc.ramroot") != nullptr) {
      machine.log.warn("linuxrc.ramroot= is obeyed by /init of an initramfs alone, going on");
      degrade(machine, "linuxrc.ramroot= is not obeyed");
    }
    return run_stage(machine, plan_root);
  }
  const std::size_t mark = machine.undo.steps().size();
  const Status done = attempt(machine);
  if (!done && !is_lost(machine)) drop_attempt(machine, mark);
  return done;
}

Status run_in_place(Machine& machine, const Error& error) {
  Facts& facts = machine.facts;
  const RamrootOptions options = ramroot_options(facts, 0);
  if (!wants_ramroot(facts) || !facts.ramroot.has_sound || is_lost(machine)) return error;
  if (!options.may_run_in_place) return error;
  machine.log.warn("%s", error.text());
  machine.log.warn("no image can run in RAM: it runs where it lies, read-only");
  degrade(machine, error.text());
  facts.ramroot.in_place = InPlace::image;
  const std::size_t mark = machine.undo.steps().size();
  const Status done = attempt(machine);
  if (!done && !is_lost(machine)) drop_attempt(machine, mark);
  return done;
}

}  // namespace linuxrc
