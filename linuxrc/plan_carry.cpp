// From an overlay in memory to the one on the upper that was meant, once that can be used.
#include "linuxrc/overlay.hpp"
#include "linuxrc/plan.hpp"

namespace linuxrc {
namespace {

const char* memory_of(const Facts& facts) {
  return facts.overlay.memory_in_tmp ? point_of_memory : "/overlay";
}

}  // namespace

// What an upper has of its own was changed by whoever uses this system; what is in memory, on the
// bare firmware. So the former stays what it is, and the latter lies beside it.
void plan_carry(const Facts& facts, UpperUse use, Plan& plan) {
  const UpperProbe& upper = facts.overlay.upper;
  const bool takes_all = use == UpperUse::wipe || use == UpperUse::set_aside ||
                         (use == UpperUse::as_it_is && !upper.used);
  if (!takes_all && upper.memory_kept) {
    plan.say(
        "the upper has changes of its own, and an upper.memory already: what was "
        "changed in memory is not kept");
    return;
  }
  if (!takes_all)
    plan.say(
        "the upper has changes of its own: what was changed in memory goes to "
        "upper.memory beside them");
  const char* const copy =
      in_workspace(facts, plan, takes_all ? "/overlay/upper.new" : "/overlay/upper.memory.new");
  const char* const whole =
      in_workspace(facts, plan, takes_all ? "/overlay/upper" : "/overlay/upper.memory");
  plan.add(
      {.op = Op::copy_changes, .source = plan.join(memory_of(facts), "/upper"), .target = copy});
  plan.add({.op = Op::rename, .source = copy, .target = whole});
}

void plan_switch_carried(const Facts& facts, Plan& plan) {
  const char* const root = in_workspace(facts, plan, "/root");
  plan.add({.op = Op::move_mounts, .target = root});
  plan.add({.op = Op::keep_old_root});
  plan.add({.op = Op::change_directory, .target = root});
  // It takes the root of every process along.
  plan.add({.op = Op::pivot_root, .source = root, .target = "."});
  plan.add({.op = Op::change_root, .target = "."});
  plan.add({.op = Op::enter_old_root});
  plan.add({.op = Op::detach, .target = ".", .on_failure = OnFailure::warn, .irreversible = true});
  // It came along with /tmp.
  if (facts.overlay.memory_in_tmp)
    plan.add({.op = Op::detach,
              .target = point_of_memory,
              .on_failure = OnFailure::warn,
              .irreversible = true});
  plan.add({.op = Op::change_directory, .target = "/"});
  plan.say("what was changed in memory is on the upper now, and so is what will be");
  plan.add({.op = Op::leave});
}

}  // namespace linuxrc
