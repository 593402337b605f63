#include "linuxrc/overlay.hpp"

#include <sys/mount.h>

#include <cerrno>
#include <cstring>

#include "linuxrc/report.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Status;

Status stat_lower(Machine& machine, FileFacts& found) {
  Path path = lower_path(machine.facts);
  path.append("/.");
  return outcome(machine.sys.stat(path.c_str(), found), "stat %s", path.c_str());
}

// Where it was when this began, and not covered.
Status root_is_in_place(Machine& machine) {
  if (is_lost(machine)) return why_lost(machine);
  FileFacts found;
  const Status seen = stat_lower(machine, found);
  if (!seen || found.device == machine.facts.overlay.lower_device) return seen;
  return Error::of(common::Failure::system, "stat %s: it is not the root any more",
                   lower_path(machine.facts).c_str());
}

// All stages, with the upper that the facts name, or in memory once that is facts.overlay.fallback.
// Ends early, as done, where the mounted upper says that the extroot is to be taken: `elsewhere`.
Status lay(Machine& machine, bool& elsewhere) {
  OverlayFacts& overlay = machine.facts.overlay;
  // What was found stays in the report when memory takes its place.
  if (!overlay.fallback) overlay.upper = {};
  const OverlayOptions options = overlay_options(machine.facts);
  const bool in_memory = options.in_memory || overlay.fallback;
  const Status found = run_stage(machine, plan_find_upper);
  if (!found) {
    machine.log.warn("the upper: %s", found.error().text());
    note_why(overlay.upper, found.error());
  }
  if (!in_memory && found && !options.upper.empty()) gather_upper_device(machine);
  Status done = run_stage(machine, plan_format_upper);
  if (done) done = run_stage(machine, plan_mount_upper);
  if (!done) return done;
  if (!in_memory) {
    gather_upper(machine);
    elsewhere = find_extroot(machine);
    if (elsewhere) return Done{};
    if (overlay.extroot) done = check_extroot(machine);
    if (!done) return done;
    const UpperUse use = use_of(overlay.upper, options.policies);
    if (use == UpperUse::memory && overlay.carry)
      return Error::of(common::Failure::not_usable, "the upper %s is %s%s%s",
                       options.upper.empty() ? "rootfs_data" : options.upper.c_str(),
                       describe(upper_state(overlay.upper)),
                       overlay.upper.why[0] == '\0' ? "" : ": ", overlay.upper.why);
    if (use == UpperUse::memory) degrade(machine, "the overlay is in memory");
  }
  done = run_stage(machine, plan_prepare_upper);
  return done ? run_stage(machine, plan_overlay) : done;
}

// What was tried since `mark` is not used, and said to be; the next attempt may follow.
Status give_up(Machine& machine, std::size_t mark, const Error& error, const char* what) {
  machine.log.warn("%s", error.text());
  machine.log.warn("%s", what);
  degrade(machine, error.text());
  (void)take_back(machine, mark);  // says what it could not
  return root_is_in_place(machine);
}

// With the extroot where one is named, else with the upper that it would take the place of.
Status lay_on_disk(Machine& machine) {
  OverlayFacts& overlay = machine.facts.overlay;
  const std::size_t mark = machine.undo.steps().size();
  bool elsewhere = overlay_options(machine.facts).extroot != nullptr;
  Status done = Done{};
  if (!elsewhere) done = lay(machine, elsewhere);
  if (!elsewhere) return done;
  (void)take_back(machine, mark);  // says what it could not
  overlay.extroot = true;
  done = lay(machine, elsewhere);
  if (done || is_lost(machine)) return done;
  const Status there = give_up(machine, mark, done.error(), "the extroot is not used");
  overlay.extroot = false;
  overlay.extroot_refused = true;
  return there ? lay(machine, elsewhere) : there;
}

// With the upper that was asked for, else in memory.
Status lay_somehow(Machine& machine) {
  OverlayFacts& overlay = machine.facts.overlay;
  gather_overlay(machine);
  if (!overlay.supported)
    return Error::of(common::Failure::system, "this kernel has no overlay in /proc/filesystems");
  gather_reset_medium(machine);
  const bool in_memory = overlay.fallback || overlay_options(machine.facts).in_memory;
  const std::size_t mark = machine.undo.steps().size();
  bool elsewhere = false;
  const Status done = in_memory ? lay(machine, elsewhere) : lay_on_disk(machine);
  if (done || in_memory || overlay.carry || is_lost(machine)) return done;
  const Status there = give_up(
      machine, mark, done.error(),
      "the upper is not used: what is changed now is in memory, and gone with the next boot");
  overlay.fallback = true;
  return there ? lay(machine, elsewhere) : there;
}

}  // namespace

void choose_over_root(const char* const* argv, Facts& facts) {
  if (facts.pid == 1 || argv[0] == nullptr || !is_mount_root(argv[0])) return;
  OverlayFacts& overlay = facts.overlay;
  overlay.over_root = true;
  overlay.by_request = argv[1] != nullptr && std::strcmp(argv[1], "ram") == 0;
  overlay.fallback = overlay.by_request;
  overlay.carry = argv[1] != nullptr && std::strcmp(argv[1], "done") == 0;
  // What is mounted in the running / may be somebody's; nobody works in the root below it.
  if (overlay.carry) {
    facts.work.clear();
    facts.work.append("/rom/mnt");
  }
}

namespace {

// Two overlays on one upper destroy what it holds.
bool is_overlay_already(Machine& machine) {
  constexpr std::uint64_t overlay_magic = 0x794c7630;
  constexpr std::uint64_t old_overlay_magic = 0x794c764f;
  const OverlayFacts& overlay = machine.facts.overlay;
  std::uint64_t magic = 0;
  return overlay.over_root && !overlay.carry && machine.sys.statfs_type("/", magic) >= 0 &&
         (magic == overlay_magic || magic == old_overlay_magic);
}

Status lay_over(Machine& machine) {
  Facts& facts = machine.facts;
  FileFacts lower;
  const Status seen = stat_lower(machine, lower);
  if (!seen) return seen;
  facts.overlay.lower_device = lower.device;
  const bool laid = is_overlay_already(machine);
  if (laid && facts.pid == 1) {
    // linuxrc as /init has done it, and init=/linuxrc is what runs on it.
    facts.overlay.over_root = false;
    machine.log.say("/ is an overlay already: no other is laid over it");
    return Done{};
  }
  if (laid) leave_report();
  const std::size_t mark = machine.undo.steps().size();
  const Status done =
      laid ? Status(Error::of(common::Failure::not_usable, "/ is another overlay already"))
           : lay_somehow(machine);
  note_overlay(done.ok());
  if (done || is_lost(machine)) return done;
  degrade(machine, done.error().text());
  const bool carry = facts.overlay.carry;
  machine.log.warn(carry ? "what was changed stays in memory: %s" : "no overlay is laid: %s",
                   done.error().text());
  (void)take_back(machine, mark);  // says what it could not
  const Status there = root_is_in_place(machine);
  if (!there) return there;
  if (facts.overlay.over_root && facts.pid != 1) return done;
  facts.overlay.over_root = false;
  machine.log.warn("the root is used as it is, going on");
  return Done{};
}

}  // namespace

Status lay_overlay(Machine& machine) {
  Facts& facts = machine.facts;
  note_overlay(false);
  if (role_of(facts) == Role::ram_init && stays_on_image(facts) && overlay_options(facts).asked)
    facts.overlay.over_root = true;
  if (!wants_overlay(facts)) {
    if (overlay_options(facts).asked)
      machine.log.warn("linuxrc.overlay= is not obeyed: no root is mounted here, going on");
    return Done{};
  }
  // The report tells of the root.
  const std::optional<dev_t> root = machine.root;
  const Path node = machine.root_node;
  const Status done = lay_over(machine);
  machine.root = root;
  machine.root_node = node;
  return done;
}

bool lies_over_root(const Facts& facts) {
  return facts.overlay.over_root;
}

}  // namespace linuxrc
