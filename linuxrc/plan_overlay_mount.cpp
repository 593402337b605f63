// The overlay itself: where it is mounted, and how it becomes / where it lies over the current one.
#include <sys/mount.h>

#include <utility>

#include "linuxrc/overlay.hpp"
#include "linuxrc/plan.hpp"
#include "linuxrc/report.hpp"

namespace linuxrc {
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
  return plan.join(data.view(), "");
}

// The names that OpenWrt's scripts look for.
constexpr const char* overlay_source = "overlayfs:/overlay";
constexpr const char* memory_source = "overlayfs:/tmp/root";

// Over the current /, with the upper at /overlay already where / has that directory, as OpenWrt has
// it: the paths in the options then stay true.
void plan_over_root(const Facts& facts, Plan& plan) {
  const char* const root = in_workspace(facts, plan, "/root");
  const char* upper = in_workspace(facts, plan, "/overlay");
  const bool in_tmp = takes_tmp(facts);
  if (in_tmp) plan.add({.op = Op::make_directory, .target = point_of_memory});
  if (in_tmp || facts.overlay.has_point) {
    const char* const point = in_tmp ? point_of_memory : "/overlay";
    plan.add({.op = Op::move_mount, .source = upper, .target = point});
    upper = point;
  }
  plan.add({.op = Op::mount_overlay,
            .source = in_tmp ? memory_source : overlay_source,
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
  if (role_of(facts) == Role::over_root && !facts.overlay.carry) {
    plan_over_root(facts, plan);
    return;
  }
  const char* const root = in_workspace(facts, plan, "/root");
  const char* const rom = in_workspace(facts, plan, "/rom");
  const char* upper = in_workspace(facts, plan, "/overlay");
  const bool over_rom = is_laid_in_rom(facts.overlay);
  plan.add({.op = Op::make_directory, .target = rom});
  // Of the overlay that runs the root below stays where it is.
  if (facts.overlay.carry)
    plan.add({.op = Op::mount, .source = "/rom", .target = rom, .type = "none", .flags = MS_BIND});
  else
    plan.add({.op = Op::move_mount, .source = root, .target = rom});
  if (over_rom) {
    plan.add({.op = Op::move_mount, .source = upper, .target = "/rom/overlay"});
    upper = "/rom/overlay";
  }
  plan.add({.op = Op::mount_overlay,
            .source = overlay_source,
            .target = root,
            .type = overlay_type(facts),
            .data = overlay_data(facts, over_rom ? "/" : "/rom", "/overlay", plan),
            .flags = MS_NOATIME});
  for (const auto& [from, name] : {std::pair{rom, "/rom"}, std::pair{upper, "/overlay"}}) {
    const char* const to = plan.join(root, name);
    plan.add({.op = Op::make_directory, .target = to});
    plan.add({.op = Op::move_mount, .source = from, .target = to});
  }
}

void plan_switch_over_root(const Facts& facts, Plan& plan) {
  if (facts.overlay.carry) {
    plan_switch_carried(facts, plan);
    return;
  }
  const char* const root = in_workspace(facts, plan, "/root");
  const char* const work = plan.join("/rom", facts.work.view());
  const Options& options = facts.options();
  const bool runs_init = facts.pid == 1;
  if (runs_init)
    plan.add({.op = Op::check_init,
              .source = options.real_init == nullptr ? "" : options.real_init,
              .target = root});
  // Memory in /tmp goes along with that.
  if (!takes_tmp(facts))
    plan.add(
        {.op = Op::move_mount,
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
