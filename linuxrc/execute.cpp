#include "linuxrc/execute.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "linuxrc/holders.hpp"
#include "linuxrc/overlay.hpp"
#include "linuxrc/report.hpp"
#include "linuxrc/retry.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Status;

Status load_image(Machine& machine, const Step& step) {
  const Status loaded = machine.loader.load(step.source, step.number, step.target);
  machine.facts.initrd_loaded = loaded.ok();
  if (!loaded) let_ram_disk_go(machine);
  return loaded;
}

Status keep_open(Sys& sys, const char* path, int flags, int& kept) {
  kept = sys.open(path, flags, 0);
  return outcome(kept, "open %s", path);
}

Status wait_seconds(Machine& machine, std::uint64_t seconds) {
  machine.log.say("waiting %llu s (rootdelay=)", static_cast<unsigned long long>(seconds));
  machine.watchdog.sleep_ms(std::min<std::uint64_t>(seconds, 86400) * 1000);
  return Done{};
}

Status move_mount(Machine& machine, const Step& step) {
  const Status moved =
      outcome(machine.sys.mount(step.source, step.target, nullptr, MS_MOVE, nullptr),
              "move mount %s to %s", step.source, step.target);
  if (step.op == Op::move_old_root) machine.facts.new_root.initrd_refused = !moved;
  return moved;
}

Status perform(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  switch (step.op) {
    case Op::make_directory:
      return make_directory(sys, step.target);
    case Op::mount:
      return outcome(sys.mount(step.source, step.target, step.type, step.flags, step.data),
                     "mount %s on %s", step.source, step.target);
    case Op::mount_workspace:
      return mount_workspace(machine, step);
    case Op::move_mount:
    case Op::move_old_root:
      return move_mount(machine, step);
    case Op::unmount:
      return outcome(sys.umount2(step.target, 0), "umount %s", step.target);
    case Op::unmount_or_detach:
      return unmount_or_detach(machine, step);
    case Op::detach:
      return outcome(sys.umount2(step.target, MNT_DETACH), "umount %s", step.target);
    case Op::make_node:
      return make_node(machine, step.target, step.device);
    case Op::remove_file:
      return outcome(sys.unlink(step.target), "unlink %s", step.target);
    case Op::run_from_memory:
      return run_from_memory(machine, step);
    case Op::load_modules:
      return load_modules(machine, step);
    case Op::check_image:
      return check_image(machine, step);
    case Op::make_ram_disk:
      return make_ram_disk(machine, step);
    case Op::ask_for_disk:
      machine.log.alarm("%s", step.source);
      wait_for_enter(machine.log, machine.watchdog);
      return Done{};
    case Op::load_image:
      return load_image(machine, step);
    case Op::read_count:
      return read_count(machine, step);
    case Op::write_count:
      return write_count(machine, step);
    case Op::find_root:
      return find_root(machine, step);
    case Op::mount_root:
      return mount_root(machine, step);
    case Op::mount_flash:
      return mount_flash_root(machine, step);
    case Op::attach_image:
      return attach_image(machine, step);
    case Op::detach_image:
      return detach_image(machine);
    case Op::write_real_root:
      return write_real_root(machine, step);
    case Op::make_stand_in:
      return make_stand_in(machine, step);
    case Op::run_linuxrc:
      return run_linuxrc(machine, step);
    case Op::check_init:
      return check_init(machine, step);
    case Op::open_meminfo:
      machine.zoneinfo = sys.open(step.source, O_RDONLY, 0);  // since 2.6.12; MemFree will do
      keep_proc(machine);
      return keep_open(sys, step.target, O_RDONLY, machine.meminfo);
    case Op::change_directory:
      return outcome(sys.chdir(step.target), "chdir %s", step.target);
    case Op::change_root:
      return outcome(sys.chroot(step.target), "chroot %s", step.target);
    case Op::pivot_root:
      return outcome(sys.pivot_root(".", step.target), "pivot_root . %s", step.target);
    case Op::pivot_back:
      return pivot_back(machine, step);
    case Op::cover_root:
      return outcome(sys.mount(".", step.target, nullptr, MS_MOVE, nullptr), "move mount %s to %s",
                     step.source, step.target);
    case Op::uncover_root:
      return uncover_root(machine, step);
    case Op::enter_cover:
      return outcome(sys.chroot("."), "chroot .");
    case Op::leave_cover:
      return leave_cover(machine);
    case Op::enter_old_root:
      return outcome(sys.fchdir(machine.old_root), "fchdir to the initramfs");
    case Op::keep_old_root:
      return keep_open(sys, "/", O_RDONLY | O_DIRECTORY, machine.old_root);
    case Op::open_console:
      return open_console(machine, step);
    case Op::free_ram_disk:
      return free_ram_disk(machine, step);
    case Op::delete_initramfs:
      return delete_initramfs(machine, step);
    case Op::write_report:
      return write_report(machine, step);
    case Op::wait:
      return wait_seconds(machine, step.number);
    case Op::say:
      machine.log.say("%s", step.source);
      return Done{};
    case Op::exec_init:
      return exec_init(machine, step);
    case Op::exit:
      sys.exit_now(machine.degraded ? 1 : static_cast<int>(step.number));
      break;
    default:  // an overlay's
      return perform_overlay(machine, step);
  }
  return Done{};
}

}  // namespace

void note_done(Machine& machine, const Step& step) {
  // What a plan unmounts itself needs no taking back any more.
  if (step.op == Op::unmount_or_detach || step.op == Op::detach || step.op == Op::unmount)
    machine.undo.drop_unmount(step.target);
  auto inverse = inverse_of(step);
  if (!inverse) return;
  inverse->source = machine.undo.join(inverse->source, "");
  inverse->target = machine.undo.join(inverse->target, "");
  machine.undo.add(*inverse);
  // No boot has so many steps.
  if (machine.undo.overflowed()) machine.sys.lost.append("more was done than can be taken back");
}

bool take_back(Machine& machine, std::size_t mark) {
  Plan& undo = machine.undo;
  while (undo.steps().size() > mark) {
    const Step step = undo.steps().back();
    const Status done = perform(machine, step);
    undo.drop_last();
    if (done) continue;
    machine.log.fail("taking back what was done: %s", done.error().text());
    machine.no_way_back = true;
    return false;
  }
  return true;
}

void take_all_back(Machine& machine) {
  if (machine.no_way_back || is_lost(machine) || machine.undo.steps().empty()) return;
  if (take_back(machine, 0))
    machine.log.say("what was done is taken back: the old root is as it was");
}

Status execute(Machine& machine, const Plan& plan) {
  if (plan.overflowed()) return Error::of(common::Failure::usage, "the plan is too long");
  if (is_lost(machine)) return why_lost(machine);
  const std::size_t mark = machine.undo.steps().size();
  bool reversible = true;
  for (const Step& step : plan.steps()) {
    if (ends_way_back(step)) {
      reversible = false;
      machine.no_way_back = true;
    }
    report_begin(machine);
    Retry retry(machine, step);
    Status done = perform(machine, step);
    while (retry.after(done)) done = perform(machine, step);
    report_end(machine, step, done);
    if (done) {
      note_done(machine, step);
      if (is_lost(machine)) done = why_lost(machine);
    }
    if (done) continue;
    const bool next_root = step.on_failure == OnFailure::next_root;
    if (step.on_failure == OnFailure::stop || next_root || is_lost(machine)) {
      machine.next_root = next_root && can_take_next_root(machine);
      if (reversible && !is_lost(machine))
        (void)take_back(machine, mark);  // which says what it could not
      return done.error();
    }
    if (step.on_failure == OnFailure::ignore) continue;
    go_on_without(machine, done.error());
  }
  return Done{};
}

Status run_stage(Machine& machine, Planner planner) {
  Plan plan;
  planner(machine.facts, plan);
  return execute(machine, plan);
}

bool is_lost(const Machine& machine) {
  return !machine.sys.lost.empty();
}

Error why_lost(const Machine& machine) {
  return Error::of(common::Failure::system, "%s", machine.sys.lost.c_str());
}

Inside::Inside(Sys& sys, const char* path) : sys_(sys), path_(path), status_(Done{}) {
  if (*path == '\0') return;
  outer_root_ = sys.open("/", O_RDONLY | O_DIRECTORY, 0);
  if (outer_root_ < 0) {
    status_ = Error::system(-outer_root_, "open /");
    return;
  }
  int result = sys.chroot(path);
  if (result < 0) {
    (void)sys.close(outer_root_);  // there is no way to go back
    outer_root_ = -1;
  } else {
    result = sys.chdir("/");
  }
  if (result < 0) status_ = Error::system(-result, "chroot %s", path);
}

Status Inside::leave() {
  if (outer_root_ < 0) return Done{};
  Status back = outcome(sys_.fchdir(outer_root_), "fchdir to / from %s", path_);
  if (back) back = outcome(sys_.chroot("."), "chroot . to / from %s", path_);
  if (!back) sys_.lost.append("%s", back.error().text());
  (void)sys_.close(outer_root_);  // a directory
  outer_root_ = -1;
  return back;
}

Inside::~Inside() {
  (void)leave();  // whoever needs the reason has asked
}

}  // namespace linuxrc
