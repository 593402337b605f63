// The stages between root and overlay: the upper is found, mounted and made ready. What is deleted
// is deleted before the overlay's own stage, so that that one can be taken back.
#include <sys/mount.h>

#include <algorithm>

#include "linuxrc/overlay.hpp"
#include "linuxrc/plan.hpp"
#include "linuxrc/root_name.hpp"

namespace linuxrc {
namespace {

// A missing upper must not keep a system from booting that waits for its root for ever.
constexpr std::uint32_t longest_wait_s = 30;

// Texts of options live as long as the plan.
template <std::size_t Size>
const char* keep(Plan& plan, const common::Text<Size>& text) {
  return plan.join(text.view(), "");
}

bool is_flash(const OverlayOptions& options) {
  return parse_root_name(options.upper.view()).form == RootName::Form::flash;
}

bool in_memory(const Facts& facts, const OverlayOptions& options) {
  return options.in_memory || facts.overlay.fallback;
}

void add_memory(const Facts& facts, const OverlayOptions& options, Plan& plan) {
  common::Text<280> data;
  data.append("mode=0755");
  if (!options.memory_options.empty()) data.append(",%s", options.memory_options.c_str());
  plan.add({.op = Op::mount,
            .source = "tmpfs",
            .target = in_workspace(facts, plan, "/overlay"),
            .type = "tmpfs",
            .data = keep(plan, data),
            .flags = MS_NOATIME});
}

// The old type has its changes beside its marks, as OpenWrt had it then.
void add_directories(const Facts& facts, Plan& plan) {
  if (facts.overlay.old_type) return;
  for (const char* name : {"/overlay/upper", "/overlay/work"})
    plan.add({.op = Op::make_directory, .target = in_workspace(facts, plan, name)});
}

// For `mount_root done`: this memory took the place of that upper.
void add_wait(const Facts& facts, const OverlayOptions& options, Plan& plan) {
  if (facts.overlay.by_request) return;
  plan.add({.op = Op::set_link,
            .source = options.upper.empty() ? "rootfs_data" : keep(plan, options.upper),
            .target = plan.join(in_workspace(facts, plan, "/overlay/"), waits_link),
            .on_failure = OnFailure::warn});
}

// A copy was cut short. Where it had been whole the old `upper` is out of its way already.
void finish_copy(const Facts& facts, Plan& plan) {
  const char* const copy = in_workspace(facts, plan, "/overlay/upper.new");
  if (facts.overlay.upper.missing)
    plan.add(
        {.op = Op::rename, .source = copy, .target = in_workspace(facts, plan, "/overlay/upper")});
  else if (!facts.overlay.upper.strange)
    plan.add({.op = Op::remove_copy,
              .target = copy,
              .on_failure = OnFailure::warn,
              .irreversible = true});
}

void say(const Facts& facts, UpperUse use, Plan& plan) {
  const UpperState state = upper_state(facts.overlay.upper);
  common::Text<160> text;
  text.append("the upper is %s: %s", describe(state), describe(use));
  plan.say(keep(plan, text));
}

}  // namespace

bool wants_overlay(const Facts& facts) {
  const Role role = role_of(facts);
  if (role == Role::over_root) return true;
  if (role == Role::ram_init && stays_on_image(facts)) return false;
  if (role != Role::ram_init && role != Role::initramfs_init) return false;
  // These have left their root at /old, or were told to stay there.
  if (facts.linuxrc == LinuxrcOutcome::stay || facts.linuxrc == LinuxrcOutcome::pivoted)
    return false;
  return overlay_options(facts).asked;
}

void plan_find_upper(const Facts& facts, Plan& plan) {
  const OverlayOptions options = overlay_options(facts);
  if (!wants_overlay(facts) || in_memory(facts, options) || is_flash(options)) return;
  if (options.upper.empty()) return;  // mount_root, and there is no rootfs_data
  plan.add({.op = Op::find_upper,
            .source = keep(plan, options.upper),
            .number = std::min(facts.options().root_wait_s, longest_wait_s)});
}

void plan_mount_upper(const Facts& facts, Plan& plan) {
  const OverlayOptions options = overlay_options(facts);
  if (!wants_overlay(facts)) return;
  const char* const point = in_workspace(facts, plan, "/overlay");
  plan.add({.op = Op::make_directory, .target = point});
  if (in_memory(facts, options)) {
    add_memory(facts, options, plan);
    return;
  }
  const UpperProbe& upper = facts.overlay.upper;
  if (!upper.found) return;
  Step mount{.op = Op::mount_upper,
             .source = keep(plan, options.upper),
             .target = point,
             .type = !options.type.empty()                ? keep(plan, options.type)
                     : is_to_be_formatted(facts, options) ? keep(plan, options.format)
                                                          : upper_types(upper.contents),
             .data = options.mount_options.empty() ? nullptr : keep(plan, options.mount_options),
             .flags = MS_NOATIME,
             .on_failure = OnFailure::warn};
  if (is_flash(options) && *mount.type == '\0') mount.type = flash_type(mount.source);
  plan.add(mount);
}

void plan_prepare_upper(const Facts& facts, Plan& plan) {
  const OverlayOptions options = overlay_options(facts);
  if (!wants_overlay(facts)) return;
  if (in_memory(facts, options)) {
    add_directories(facts, plan);
    if (facts.overlay.fallback) add_wait(facts, options, plan);
    return;
  }
  const UpperProbe& upper = facts.overlay.upper;
  const char* const point = in_workspace(facts, plan, "/overlay");
  const UpperUse use = use_of(upper, options.policies);
  if (use != UpperUse::as_it_is || upper_state(upper) == UpperState::foreign) say(facts, use, plan);
  if (use == UpperUse::memory) {
    if (upper.mounted) plan.add({.op = Op::unmount_or_detach, .target = point});
    add_memory(facts, options, plan);
    add_directories(facts, plan);
    add_wait(facts, options, plan);
    return;
  }
  if (upper.copied) finish_copy(facts, plan);
  if (use == UpperUse::wipe) {
    // From here on the next boot goes on deleting, should this one not come to its end.
    if (upper.mark != UpperMark::pending)
      plan.add({.op = Op::set_link,
                .source = mark_pending,
                .target = in_workspace(facts, plan, "/overlay/.fs_state")});
    plan.add({.op = Op::wipe, .source = kept_by_reset, .target = point, .irreversible = true});
  }
  const char* const kept = in_workspace(facts, plan, "/overlay/upper.new");
  const bool set_aside = use == UpperUse::set_aside || use == UpperUse::keep_listed;
  // What a power cut has left without any has nothing to be listed.
  const bool listed = use == UpperUse::keep_listed && !upper.missing;
  if (listed)
    plan.add({.op = Op::copy_listed,
              .source = in_workspace(facts, plan, "/overlay/upper"),
              .target = kept,
              .data = plan.join(lower_path(facts).view(), "")});
  if (set_aside)
    for (const char* name : {"/overlay/upper", "/overlay/work"})
      plan.add({.op = Op::set_aside, .target = in_workspace(facts, plan, name)});
  if (listed)
    plan.add(
        {.op = Op::rename, .source = kept, .target = in_workspace(facts, plan, "/overlay/upper")});
  if (use == UpperUse::as_it_is && upper.stale_work)
    plan.add({.op = Op::renew_work,
              .target = in_workspace(facts, plan, "/overlay/work"),
              .on_failure = OnFailure::warn,
              .irreversible = true});
  add_directories(facts, plan);
  if (facts.overlay.carry) plan_carry(facts, use, plan);
  if (!facts.overlay.old_type)
    plan.add({.op = Op::rename,
              .source = in_workspace(facts, plan, "/overlay/sysupgrade.tgz"),
              .target = in_workspace(facts, plan, "/overlay/upper/sysupgrade.tgz"),
              .on_failure = OnFailure::ignore});
  const bool renewed = use != UpperUse::as_it_is || upper.lower_differs || !upper.lower_recorded;
  // Where the other root's name stays, the next boot would set aside what this one changes.
  if (renewed && facts.overlay.lower_known)
    plan.add({.op = Op::set_link,
              .source = facts.overlay.lower,
              .target = in_workspace(facts, plan, "/overlay/.linuxrc.lower"),
              .on_failure = set_aside && upper.lower_differs ? OnFailure::stop : OnFailure::warn});
  if (facts.overlay.extroot && (!upper.root_recorded || use == UpperUse::wipe))
    plan.add({.op = Op::record_root,
              .source = facts.overlay.root_uuid,
              .target = in_workspace(facts, plan, "/overlay/etc/.extroot-uuid"),
              .on_failure = OnFailure::warn});
  // Before init runs: what it changes is kept from the first moment on. Where the mark that asks
  // for a reset cannot be taken away, the next boot would delete what this one changes.
  if (use != UpperUse::as_it_is || upper.mark != UpperMark::ready)
    plan.add({.op = Op::set_link,
              .source = mark_ready,
              .target = in_workspace(facts, plan, "/overlay/.fs_state"),
              .on_failure = use == UpperUse::wipe ? OnFailure::stop : OnFailure::warn});
}

}  // namespace linuxrc
