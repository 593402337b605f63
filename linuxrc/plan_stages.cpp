#include <sys/mount.h>

#include "linuxrc/device.hpp"
#include "linuxrc/nfs_root.hpp"
#include "linuxrc/plan.hpp"
#include "linuxrc/retry.hpp"
#include "linuxrc/root_chain.hpp"
#include "linuxrc/root_name.hpp"

namespace linuxrc {
namespace {

constexpr const char* module_list = "/lib/linuxrc/modules.list";

// The root that root= names is the RAM disk itself.
bool root_is_ram_disk(const Options& options) {
  if (options.root == nullptr) return false;
  if (parse_ram_disk(options.root) == ram0()) return true;
  return parse_device_number(options.root) == ram0();
}

unsigned long mode_flags(const Options& options) {
  return options.read_write ? 0 : MS_RDONLY;
}

const char* or_empty(const char* text) {
  return text == nullptr ? "" : text;
}

// `root`, or a number that the image's /linuxrc asked for.
Step find_step(const Facts& facts, const CurrentRoot& root) {
  Step step{.op = Op::find_root, .source = root.name, .number = facts.options().root_wait_s};
  if (facts.asked_root)
    step.device = *facts.asked_root;
  else
    let_next_root_follow(root, step);
  return step;
}

void add_find_and_mount(const Facts& facts, const Options& options, const char* target,
                        Plan& plan) {
  const CurrentRoot root = current_root(facts, plan);
  const Step find = find_step(facts, root);
  const RootName name = facts.asked_root ? RootName{} : parse_root_name(find.source);
  Step mount{.op = Op::mount_root,
             .source = find.source,
             .target = target,
             .type = or_empty(options.root_types),
             .data = options.root_flags,
             .flags = mode_flags(options)};
  plan_retry(facts, mount);
  const auto add = [&](Step step) {
    if (!facts.asked_root) let_next_root_follow(root, step);
    plan.add(step);
  };
  if (!facts.asked_root && plan_nfs_root(facts, root, mount, plan)) return;
  if (name.form == RootName::Form::flash) {
    const bool is_mtd = name.text.starts_with("mtd");
    mount.op = Op::mount_flash;
    plan_retry(facts, mount);
    // Of MTD's types jffs2 is the one that says nothing of a partition before it has read it all.
    if (*mount.type == '\0') mount.type = is_mtd ? "romfs,cramfs,jffs2" : "ubifs";
    if (is_mtd) add({.op = Op::find_mtd, .source = find.source, .number = find.number});
    add(mount);
    return;
  }
  plan.add(find);
  if (!name.file.empty()) {
    const char* const host = in_workspace(facts, plan, "/host");
    const char* const file = plan.join(name.file, "");
    const std::string_view whole = find.source;
    add({.op = Op::make_directory, .target = host});
    add({.op = Op::mount_root,
         .source = plan.join(whole.substr(0, whole.size() - name.file.size() - 1), ""),
         .target = host,
         .flags = mount.flags,
         .number = mount.number});
    add({.op = Op::attach_image, .source = file, .target = host, .flags = mount.flags});
  }
  add(mount);
}

// A kernel that has mounted the image has waited for what its command line says, and does not know
// of linuxrc.conf.
void plan_delay(const Facts& facts, Plan& plan) {
  const std::uint32_t seconds = facts.options().root_delay_s;
  const bool has_waited =
      role_of(facts) != Role::initramfs_init && facts.command_line.value("rootdelay") != nullptr;
  if (seconds != 0 && !has_waited) plan.add({.op = Op::wait, .number = seconds});
}

void add_root(const Facts& facts, const Options& options, const char* target, const char* init,
              Plan& plan) {
  plan_count(facts, plan);
  add_find_and_mount(facts, options, target, plan);
  plan_init_of_chain(facts, target, init, plan);
}

// The kernel, which mounts the root after /linuxrc, is told a number and nothing else.
bool has_no_number(const char* root) {
  const RootName name = parse_root_name(root);
  return name.form == RootName::Form::flash || !name.file.empty() || is_nfs_root(root);
}

}  // namespace

Step mount_image(const Facts& facts, unsigned long flags) {
  const Options& options = facts.options();
  return {.op = Op::mount_root,
          .source = "/dev/ram0",
          .target = "/root",
          .type = or_empty(options.image_types),
          .data = options.image_flags,
          .flags = flags,
          .device = facts.ram_disk_device};
}

void plan_workspace(const Facts& facts, Plan& plan) {
  const Role role = role_of(facts);
  if (role == Role::not_ours || facts.workspace_ready) return;
  if (role == Role::initramfs_init) {
    for (const char* name : {"/proc", "/dev", "/root", "/old"})
      plan.add({.op = Op::make_directory, .target = name});
  } else {
    plan.add({.op = Op::mount_workspace, .target = facts.work.c_str()});
    for (const char* name : {"/proc", "/dev", "/root"})
      plan.add({.op = Op::make_directory, .target = in_workspace(facts, plan, name)});
  }
  if (role != Role::initramfs_init || !facts.proc_mounted)
    plan.add({.op = Op::mount,
              .source = "proc",
              .target = in_workspace(facts, plan, "/proc"),
              .type = "proc",
              .flags = MS_NOSUID | MS_NODEV | MS_NOEXEC});
}

void plan_load(const Facts& facts, Plan& plan) {
  const Options& options = facts.options();
  const Role role = role_of(facts);
  if (role == Role::not_ours) return;
  if (role == Role::ram_init) {
    if (options.real_root == nullptr) return;
    // The RAM disk can only be unmounted when nothing of it is in use, and this program's own
    // text lies there. A kernel without MNT_DETACH could then not unmount the copy's workspace.
    if (facts.text_on_root && facts.kernel.can_detach())
      plan.add({.op = Op::run_from_memory, .target = in_workspace(facts, plan, "/linuxrc")});
  }
  if (facts.has_modules)
    plan.add({.op = Op::load_modules,
              .source = module_list,
              .number = options.ramdisk_size_kib != 0 ? options.ramdisk_size_kib : facts.image_kib,
              .on_failure = OnFailure::warn});
  if (role == Role::initramfs_init) plan_image(facts, plan);
}

void plan_root(const Facts& facts, Plan& plan) {
  const Options& options = facts.options();
  switch (role_of(facts)) {
    case Role::not_ours:
    case Role::over_root:
      return;
    case Role::kernel_linuxrc: {
      if (options.real_root == nullptr && (options.root == nullptr || root_is_ram_disk(options)))
        return;
      Step find = find_step(facts, current_root(facts, plan));
      if (has_no_number(find.source)) {
        // root=/dev/nfs is known to a kernel with ROOT_NFS, and to an /init that is linuxrc.
        const bool is_known = options.real_root == nullptr && is_nfs_root(find.source);
        plan.say(is_known ? "root=/dev/nfs: whoever started me mounts it"
                          : "this root has no number to tell the kernel: init=/linuxrc mounts it");
        return;
      }
      // The kernel goes on whatever /linuxrc does.
      if (find.on_failure == OnFailure::stop) find.on_failure = OnFailure::warn;
      plan_delay(facts, plan);
      plan_count(facts, plan);
      plan.add(find);
      const char* const file = in_workspace(facts, plan, "/proc/sys/kernel/real-root-dev");
      if (facts.has_real_root_dev)
        plan.add({.op = Op::write_real_root, .source = file, .on_failure = OnFailure::warn});
      else
        plan.say("no real-root-dev here: the /init that started me mounts the root");
      return;
    }
    case Role::ram_init:
      if (options.real_root == nullptr) return;
      plan_delay(facts, plan);
      add_root(facts, options, in_workspace(facts, plan, "/root"), options.real_init, plan);
      return;
    case Role::initramfs_init:
      if (facts.linuxrc == LinuxrcOutcome::stay || facts.linuxrc == LinuxrcOutcome::pivoted) return;
      if (facts.initrd_loaded && root_is_image(facts)) {
        plan.add(mount_image(facts, mode_flags(options)));
        return;
      }
      plan_delay(facts, plan);
      add_root(facts, options, "/root", options.init, plan);
      return;
  }
}

const char* new_root_path(const Facts& facts, Plan& plan) {
  switch (role_of(facts)) {
    case Role::ram_init:
      return facts.options().real_root == nullptr ? "" : in_workspace(facts, plan, "/root");
    case Role::initramfs_init:
      return facts.linuxrc == LinuxrcOutcome::stay || facts.linuxrc == LinuxrcOutcome::pivoted
                 ? "/old"
                 : "/root";
    default:
      return path_over_root(facts, plan);
  }
}

bool root_is_image(const Facts& facts) {
  return root_is_ram_disk(facts.options()) || loads_floppy(facts);
}

bool stays_on_image(const Facts& facts) {
  const Options& options = facts.options();
  if (role_of(facts) == Role::ram_init) return options.real_root == nullptr;
  return facts.linuxrc == LinuxrcOutcome::stay || (facts.initrd_loaded && root_is_image(facts));
}

}  // namespace linuxrc
