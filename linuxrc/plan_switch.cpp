// The last stage: from a mounted new root to its init. Everything that can be checked is checked
// before the first mount moves.
#include <sys/mount.h>

#include <array>

#include "linuxrc/device.hpp"
#include "linuxrc/nullfs.hpp"
#include "linuxrc/plan.hpp"
#include "linuxrc/report.hpp"

namespace linuxrc {
namespace {

struct ApiMount {
  const char* path;
  bool mounted;
  bool has_target;
};

std::array<ApiMount, 4> api_mounts(const Facts& facts) {
  return {{{"/dev", facts.dev_mounted, facts.new_root.has_dev},
           {"/proc", facts.proc_mounted, facts.new_root.has_proc},
           {"/sys", facts.sys_mounted, facts.new_root.has_sys},
           {"/run", facts.run_mounted, facts.new_root.has_run}}};
}

// What was mounted on the old root before us goes along.
void move_api_mounts(const Facts& facts, const char* new_root, Plan& plan) {
  for (const ApiMount& row : api_mounts(facts)) {
    if (!row.mounted || !row.has_target) continue;
    Step step{.op = Op::move_mount,
              .source = row.path,
              .target = plan.join(new_root, row.path),
              .on_failure = OnFailure::warn};
    if (!facts.kernel.can_move()) {
      step.op = Op::mount;
      step.type = "none";
      step.flags = MS_BIND;
    }
    plan.add(step);
  }
}

// One that stays may keep memory, and no boot waits for it.
void unmount_for_good(Op op, const char* target, Plan& plan, dev_t device = 0) {
  plan.add({.op = op,
            .target = target,
            .device = device,
            .on_failure = OnFailure::warn,
            .irreversible = true});
}

// What found no directory there, or was only bound, would keep the old root, `old`, busy.
void unmount_left_behind(const Facts& facts, const char* old, Plan& plan) {
  for (const ApiMount& row : api_mounts(facts))
    if (row.mounted && (!row.has_target || !facts.kernel.can_move()))
      unmount_for_good(Op::unmount_or_detach, plan.join(old, row.path), plan);
}

void add_free(const Facts& facts, dev_t device, const char* node, Plan& plan) {
  const Freeing how = freeing_of(facts, device);
  if (how == Freeing::nothing) return;
  plan.add({.op = Op::free_ram_disk,
            .target = node,
            .device = device,
            .number = static_cast<std::uint64_t>(how),
            .on_failure = OnFailure::warn,
            .irreversible = true});
}

constexpr const char* moved_message = "Trying to move old root to /initrd ... okay";
constexpr const char* unmounting_message = "/initrd does not exist. Ignored. Unmounting old root";

// What became of the old root where MNT_DETACH is missing: it stays, because this program's text
// lies on it, and only the workspace can be unmounted.
void leave_old_root_busy(const Facts& facts, const char* old_root, Plan& plan) {
  const char* const work = plan.join(old_root, facts.work.view());
  plan.add({.op = Op::change_directory, .target = "/"});
  unmount_for_good(Op::unmount, plan.join(work, "/proc"), plan);
  unmount_for_good(Op::unmount, work, plan);
  if (facts.new_root.has_initrd)
    plan.say(moved_message);
  else
    plan.say(
        "/initrd does not exist. This kernel cannot detach the old root: "
        "unmount it and flush its device when init runs");
  plan.add({.op = Op::exec_init});
}

// PID 1 on a block root: pivot_root.
void switch_by_pivot(const Facts& facts, const Options& options, Plan& plan) {
  const char* const new_root = new_root_path(facts, plan);
  const NewRoot& target = facts.new_root;
  plan.add({.op = Op::check_init,
            .source = options.real_init == nullptr ? "" : options.real_init,
            .target = new_root});
  // An open file would keep the workspace busy where nothing can be detached.
  if (facts.kernel.can_detach())
    plan.add({.op = Op::open_meminfo,
              .source = plan.join(facts.work.view(), "/proc/zoneinfo"),
              .target = plan.join(facts.work.view(), "/proc/meminfo"),
              .on_failure = OnFailure::warn});
  const bool frees = facts.kernel.can_detach() && !target.has_initrd &&
                     freeing_of(facts, facts.root_device) != Freeing::nothing;
  if (frees)
    plan.add({.op = Op::make_node,
              .target = plan.join(facts.work.view(), "/dev/old"),
              .device = facts.root_device});
  const char* put_old = target.has_initrd ? "initrd" : target.put_old.c_str();
  if (*put_old == '\0') {
    put_old = "linuxrc.old";
    plan.add({.op = Op::make_directory, .target = plan.join(new_root, "/linuxrc.old")});
  }
  move_api_mounts(facts, new_root, plan);
  plan_report_place(facts, new_root, plan);
  plan.add({.op = Op::change_directory, .target = new_root});
  plan.add({.op = Op::pivot_root, .source = new_root, .target = put_old});
  plan.add({.op = Op::change_root, .target = "."});
  // From here the workspace is reached through the old root, and then as the current directory:
  // that pins it alone, and works after it was detached.
  const char* const old_root = plan.join("/", put_old);
  plan.add({.op = Op::change_directory, .target = plan.join(old_root, facts.work.view())});
  plan.add({.op = Op::open_console, .source = "dev/console", .on_failure = OnFailure::warn});
  if (!facts.kernel.can_detach()) {
    leave_old_root_busy(facts, old_root, plan);
    return;
  }
  unmount_for_good(Op::detach, plan.join(old_root, facts.work.view()), plan);
  if (target.has_initrd) {
    plan.say(moved_message);
  } else {
    plan.say(unmounting_message);
    unmount_left_behind(facts, old_root, plan);
    unmount_for_good(Op::unmount_or_detach, old_root, plan, facts.root_device);
    add_free(facts, facts.root_device, "dev/old", plan);
  }
  plan_report(facts, plan);
  plan.add({.op = Op::change_directory, .target = "/"});
  plan.add({.op = Op::exec_init});
}

// What is left of the initramfs goes, file by file: where it can be unmounted its memory is held
// all the same, by the mount namespace of the kernel's devtmpfs, which has a copy of that mount.
void drop_initramfs(const Facts& facts, Plan& plan) {
  plan.add({.op = Op::delete_initramfs, .on_failure = OnFailure::warn, .irreversible = true});
  if (!can_be_pivoted_away(facts)) return;
  plan.add({.op = Op::change_directory, .target = "/"});
  unmount_for_good(Op::detach, ".", plan);
}

// PID 1 on rootfs: the two roots change places from Linux 7.0 on. Before it rootfs cannot be
// pivoted away, and the new root is moved over it.
void switch_from_initramfs(const Facts& facts, const Options& options, Plan& plan) {
  const char* const new_root = new_root_path(facts, plan);
  const NewRoot& target = facts.new_root;
  plan.add({.op = Op::check_init,
            .source = options.init == nullptr ? "" : options.init,
            .target = new_root});
  const bool has_old_root = facts.linuxrc == LinuxrcOutcome::returned;
  const bool keeps_old_root = target.has_initrd && !target.initrd_refused;
  if (has_old_root && keeps_old_root) {
    plan.add({.op = Op::move_old_root, .source = "/old", .target = plan.join(new_root, "/initrd")});
    plan.say(moved_message);
  }
  plan.add({.op = Op::open_meminfo,
            .source = "/proc/zoneinfo",
            .target = "/proc/meminfo",
            .on_failure = OnFailure::warn});
  move_api_mounts(facts, new_root, plan);
  plan_report_place(facts, new_root, plan);
  // What the kernel does itself with CONFIG_DEVTMPFS_MOUNT, when it mounts the root.
  if (!facts.dev_mounted && facts.has_devtmpfs && target.has_dev &&
      facts.linuxrc != LinuxrcOutcome::pivoted)
    plan.add({.op = Op::mount,
              .source = "devtmpfs",
              .target = plan.join(new_root, "/dev"),
              .type = "devtmpfs",
              .data = "mode=0755",
              .on_failure = OnFailure::warn});
  plan.add({.op = Op::keep_old_root});
  plan.add({.op = Op::change_directory, .target = new_root});
  if (can_be_pivoted_away(facts)) {
    plan.add({.op = Op::pivot_root, .source = new_root, .target = "."});
  } else {
    plan.add({.op = Op::cover_root, .source = new_root, .target = "/"});
    plan.add({.op = Op::enter_cover});
  }
  plan.add({.op = Op::open_console, .on_failure = OnFailure::warn});
  // The new root stands. What is left of the old one is named from there, since / covers it.
  plan.add({.op = Op::enter_old_root});
  unmount_left_behind(facts, ".", plan);
  if (!facts.proc_mounted) unmount_for_good(Op::unmount_or_detach, "proc", plan);
  if (has_old_root && !keeps_old_root) {
    plan.say(target.has_initrd ? "Unmounting old root" : unmounting_message);
    unmount_for_good(Op::unmount_or_detach, "old", plan, facts.ram_disk_device);
    plan_image_node(facts, plan);
    add_free(facts, facts.ram_disk_device, "dev/ram0", plan);
  }
  drop_initramfs(facts, plan);
  plan_report(facts, plan);
  plan.add({.op = Op::change_directory, .target = "/"});
  plan.add({.op = Op::exec_init});
}

void leave_workspace(const Facts& facts, Plan& plan) {
  plan.add({.op = Op::unmount_or_detach,
            .target = plan.join(facts.work.view(), "/proc"),
            .on_failure = OnFailure::warn});
  plan.add(
      {.op = Op::unmount_or_detach, .target = facts.work.c_str(), .on_failure = OnFailure::warn});
}

}  // namespace

void plan_directories(const Facts& facts, Plan& plan) {
  const char* const new_root = new_root_path(facts, plan);
  if (!facts.options().make_directories || *new_root == '\0') return;
  for (const ApiMount& row : api_mounts(facts))
    plan.add({.op = Op::make_directory,
              .target = plan.join(new_root, row.path),
              .on_failure = OnFailure::warn});
}

void plan_switch(const Facts& facts, Plan& plan) {
  const Options& options = facts.options();
  switch (role_of(facts)) {
    case Role::not_ours:
      return;
    case Role::kernel_linuxrc:
      leave_workspace(facts, plan);
      plan_report_of_child(facts, plan);
      plan.add({.op = Op::exit});
      return;
    case Role::ram_init:
      if (!stays_on_image(facts)) {
        switch_by_pivot(facts, options, plan);
        return;
      }
      plan.say("no real root is named: the system runs in RAM");
      plan.add(
          {.op = Op::check_init, .source = options.real_init == nullptr ? "" : options.real_init});
      leave_workspace(facts, plan);
      plan_report_place(facts, "", plan);
      plan_report(facts, plan);
      plan.add({.op = Op::exec_init});
      return;
    case Role::initramfs_init:
      switch_from_initramfs(facts, options, plan);
      return;
    case Role::over_root:
      plan_switch_over_root(facts, plan);
      return;
  }
}

}  // namespace linuxrc
