// The stages between root and switch: the upper is found, mounted and made ready, and the overlay
// mounted. What is deleted is deleted in a stage of its own, so that the last one can be taken
// back.
#include <sys/mount.h>

#include <algorithm>

#include "linuxrc/overlay.hpp"
#include "linuxrc/plan.hpp"
#include "linuxrc/report.hpp"
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

void say(const Facts& facts, UpperUse use, Plan& plan) {
  const UpperState state = upper_state(facts.overlay.upper);
  common::Text<160> text;
  text.append("the upper is %s: %s", describe(state), describe(use));
  plan.add({.op = Op::say, .source = keep(plan, text)});
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
             .type = options.type.empty() ? upper_types(upper.contents) : keep(plan, options.type),
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
    return;
  }
  if (use == UpperUse::wipe) {
    // From here on the next boot goes on deleting, should this one not come to its end.
    if (upper.mark != UpperMark::pending)
      plan.add({.op = Op::set_link,
                .source = mark_pending,
                .target = in_workspace(facts, plan, "/overlay/.fs_state")});
    plan.add({.op = Op::wipe, .source = kept_by_reset, .target = point, .irreversible = true});
  }
  if (use == UpperUse::set_aside)
    for (const char* name : {"/overlay/upper", "/overlay/work"})
      plan.add({.op = Op::set_aside, .target = in_workspace(facts, plan, name)});
  if (use == UpperUse::as_it_is && upper.stale_work)
    plan.add({.op = Op::wipe,
              .target = in_workspace(facts, plan, "/overlay/work"),
              .on_failure = OnFailure::warn,
              .irreversible = true});
  add_directories(facts, plan);
  if (!facts.overlay.old_type)
    plan.add({.op = Op::rename,
              .source = in_workspace(facts, plan, "/overlay/sysupgrade.tgz"),
              .target = in_workspace(facts, plan, "/overlay/upper/sysupgrade.tgz"),
              .on_failure = OnFailure::ignore});
  const bool renewed = use != UpperUse::as_it_is || upper.lower_differs || !upper.lower_recorded;
  if (renewed && facts.overlay.lower_known)
    plan.add({.op = Op::set_link,
              .source = facts.overlay.lower,
              .target = in_workspace(facts, plan, "/overlay/.linuxrc.lower"),
              .on_failure = OnFailure::warn});
  if (facts.overlay.extroot && (!upper.root_recorded || use == UpperUse::wipe))
    plan.add({.op = Op::record_root,
              .source = facts.overlay.root_uuid,
              .target = in_workspace(facts, plan, "/overlay/etc/.extroot-uuid"),
              .on_failure = OnFailure::warn});
  // Before init runs: what it changes is kept from the first moment on.
  if (use != UpperUse::as_it_is || upper.mark != UpperMark::ready)
    plan.add({.op = Op::set_link,
              .source = mark_ready,
              .target = in_workspace(facts, plan, "/overlay/.fs_state"),
              .on_failure = OnFailure::warn});
}

namespace {

const char* overlay_type(const Facts& facts) {
  return facts.overlay.old_type ? "overlayfs" : "overlay";
}

// Where `upper` is the upper's file system and `lower` the root.
const char* overlay_data(const Facts& facts, const char* lower, const char* upper, Plan& plan) {
  common::Text<700> data;
  if (facts.overlay.old_type)
    data.append("lowerdir=%s,upperdir=%s", lower, upper);
  else
    data.append("lowerdir=%s,upperdir=%s/upper,workdir=%s/work", lower, upper, upper);
  return keep(plan, data);
}

// The name that OpenWrt's scripts look for.
constexpr const char* overlay_source = "overlayfs:/overlay";

// Over the current /, with the upper at /overlay already where / has that directory, as OpenWrt has
// it: the paths in the options then stay true.
void plan_over_root(const Facts& facts, Plan& plan) {
  const char* const root = in_workspace(facts, plan, "/root");
  const char* upper = in_workspace(facts, plan, "/overlay");
  if (facts.overlay.has_point) {
    plan.add({.op = Op::move_mount, .source = upper, .target = "/overlay"});
    upper = "/overlay";
  }
  plan.add({.op = Op::mount_overlay,
            .source = overlay_source,
            .target = root,
            .type = overlay_type(facts),
            .data = overlay_data(facts, "/", upper, plan),
            .flags = MS_NOATIME});
  for (const char* name : {"/rom", "/overlay"})
    plan.add({.op = Op::make_directory, .target = plan.join(root, name)});
}

}  // namespace

void plan_overlay(const Facts& facts, Plan& plan) {
  if (!wants_overlay(facts)) return;
  if (role_of(facts) == Role::over_root) {
    plan_over_root(facts, plan);
    return;
  }
  const char* const root = in_workspace(facts, plan, "/root");
  const char* const rom = in_workspace(facts, plan, "/rom");
  const char* const upper = in_workspace(facts, plan, "/overlay");
  plan.add({.op = Op::make_directory, .target = rom});
  plan.add({.op = Op::move_mount, .source = root, .target = rom});
  plan.add({.op = Op::mount_overlay,
            .source = overlay_source,
            .target = root,
            .type = overlay_type(facts),
            .data = overlay_data(facts, "/rom", "/overlay", plan),
            .flags = MS_NOATIME});
  for (const auto& [from, name] : {std::pair{rom, "/rom"}, std::pair{upper, "/overlay"}}) {
    const char* const to = plan.join(root, name);
    plan.add({.op = Op::make_directory, .target = to});
    plan.add({.op = Op::move_mount, .source = from, .target = to});
  }
}

void plan_switch_over_root(const Facts& facts, Plan& plan) {
  const char* const root = in_workspace(facts, plan, "/root");
  const char* const work = plan.join("/rom", facts.work.view());
  const Options options = facts.options();
  const bool runs_init = facts.pid == 1;
  if (runs_init)
    plan.add({.op = Op::check_init,
              .source = options.real_init == nullptr ? "" : options.real_init,
              .target = root});
  plan.add({.op = Op::move_mount,
            .source = facts.overlay.has_point ? "/overlay" : in_workspace(facts, plan, "/overlay"),
            .target = plan.join(root, "/overlay")});
  const std::pair<bool, const char*> mounts[] = {{facts.dev_mounted, "/dev"},
                                                 {facts.proc_mounted, "/proc"},
                                                 {facts.sys_mounted, "/sys"},
                                                 {facts.overlay.tmp_mounted, "/tmp"},
                                                 {facts.run_mounted, "/run"}};
  for (const auto& [mounted, path] : mounts)
    if (mounted)
      plan.add({.op = Op::move_mount,
                .source = path,
                .target = plan.join(root, path),
                .on_failure = OnFailure::warn});
  if (runs_init) plan_report_place(facts, root, plan);
  plan.add({.op = Op::change_directory, .target = root});
  // It takes the root of every process along: of the shell that called mount_root, too.
  plan.add({.op = Op::pivot_root, .source = root, .target = "rom"});
  plan.add({.op = Op::change_root, .target = "."});
  if (runs_init) {
    plan.add({.op = Op::change_directory, .target = work});
    plan.add({.op = Op::open_console, .source = "dev/console", .on_failure = OnFailure::warn});
  }
  plan.add({.op = Op::detach, .target = work, .on_failure = OnFailure::warn, .irreversible = true});
  plan.add({.op = Op::change_directory, .target = "/"});
  if (runs_init)
    plan_report(facts, plan);
  else
    plan_report_of_child(facts, plan);
  if (runs_init)
    plan.add({.op = Op::exec_init});
  else  // an overlay in memory is one, too: OpenWrt's scripts go on with it
    plan.add({.op = Op::leave});
}

const char* path_over_root(const Facts& facts, Plan& plan) {
  return role_of(facts) == Role::over_root ? in_workspace(facts, plan, "/root") : "";
}

}  // namespace linuxrc
