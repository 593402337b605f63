// Steps as text: what --plan prints, and what a failing step is called in its message.
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include "linuxrc/plan.hpp"

namespace linuxrc {
namespace {

using Line = common::Text<512>;

struct FlagName {
  unsigned long flag;
  const char* name;
};
constexpr FlagName flag_names[] = {
    {MS_RDONLY, "ro"},     {MS_BIND, "bind"},       {MS_NOSUID, "nosuid"},  {MS_NODEV, "nodev"},
    {MS_NOEXEC, "noexec"}, {MS_NOATIME, "noatime"}, {MS_REMOUNT, "remount"}};

}  // namespace

void append_mount_options(const Step& step, Line& line) {
  const char* separator = " (";
  for (const FlagName& row : flag_names) {
    if ((step.flags & row.flag) == 0) continue;
    line.append("%s%s", separator, row.name);
    separator = ",";
  }
  if (step.data != nullptr && *step.data != '\0') {
    line.append("%s%s", separator, step.data);
    separator = ",";
  }
  if (*separator == ',') line.append(")");
}

void describe(const Step& step, Line& line) {
  switch (step.op) {
    case Op::make_directory:
      line.append("make directory %s", step.target);
      break;
    case Op::mount:
      line.append("mount %s on %s, type %s", step.source, step.target, step.type);
      append_mount_options(step, line);
      break;
    case Op::mount_workspace:
      line.append("mount a private tmpfs on %s", step.target);
      break;
    case Op::move_mount:
    case Op::move_old_root:
      line.append("move mount %s to %s", step.source, step.target);
      break;
    case Op::unmount:
      line.append("unmount %s", step.target);
      break;
    case Op::unmount_or_detach:
      line.append("unmount %s, lazily if it is busy", step.target);
      break;
    case Op::detach:
      line.append("detach %s lazily", step.target);
      break;
    case Op::make_node:
      line.append("make block device node %s (%u:%u)", step.target, major(step.device),
                  minor(step.device));
      break;
    case Op::remove_file:
      line.append("remove %s", step.target);
      break;
    case Op::run_from_memory:
      line.append("copy this program to %s and execute it again from there", step.target);
      break;
    case Op::load_modules:
      line.append("load the modules of %s", step.source);
      break;
    case Op::check_image:
      line.append("check %s against %s", step.source, step.target);
      break;
    case Op::make_ram_disk:
      line.append("make %s of %llu KiB by %s", step.target,
                  static_cast<unsigned long long>(step.number), step.type);
      break;
    case Op::ask_for_disk:
      line.append("ask: %s", step.source);
      break;
    case Op::load_image:
      line.append("load %s onto %s", step.source, step.target);
      if (step.number != 0)
        line.append(", from KiB %llu", static_cast<unsigned long long>(step.number));
      break;
    case Op::read_count:
      line.append("read the boot counter %s", step.source);
      break;
    case Op::write_count:
      line.append("write into the boot counter %s: ", step.source);
      for (const char* at = step.data; *at != '\0'; ++at)
        line.append("%s%c", *at == '\n' ? "," : "", *at == '\n' ? ' ' : *at);
      break;
    case Op::find_root:
      line.append("find root %s", step.source);
      if (step.number == Options::wait_forever)
        line.append(", waiting for it");
      else
        line.append(", waiting at most %llu s", static_cast<unsigned long long>(step.number));
      break;
    case Op::mount_root:
      line.append("mount root %s on %s, type %s", step.source, step.target,
                  *step.type == '\0' ? "as the kernel probes" : step.type);
      append_mount_options(step, line);
      break;
    case Op::mount_flash:
      line.append("mount root %s on %s, type %s", step.source, step.target, step.type);
      append_mount_options(step, line);
      break;
    case Op::attach_image:
      line.append("attach the image %s of %s to a loop device", step.source, step.target);
      if ((step.flags & MS_RDONLY) != 0) line.append(", read-only");
      break;
    case Op::detach_image:
      line.append("detach the image");
      break;
    case Op::write_real_root:
      line.append("write its number to %s", step.source);
      break;
    case Op::make_stand_in:
      line.append("make a stand-in for /proc/sys/kernel/real-root-dev in %s", step.target);
      break;
    case Op::run_linuxrc:
      line.append("run /linuxrc with %s as its root and wait for it", step.target);
      break;
    case Op::check_init:
      line.append("check that %s exists in %s and can be executed",
                  *step.source == '\0' ? "an init (/sbin/init, /etc/init, /bin/init, /bin/sh)"
                                       : step.source,
                  *step.target == '\0' ? "/" : step.target);
      break;
    case Op::open_meminfo:
      line.append("open %s", step.target);
      break;
    case Op::change_directory:
      line.append("change directory to %s", step.target);
      break;
    case Op::change_root:
      line.append("change root to %s", step.target);
      break;
    case Op::pivot_root:
      line.append("pivot_root: . becomes /, the old root goes to %s", step.target);
      break;
    case Op::pivot_back:
      line.append("pivot_root: /%s becomes / again, the new root goes back to %s", step.target,
                  step.source);
      break;
    case Op::keep_old_root:
      line.append("keep the initramfs open");
      break;
    case Op::cover_root:
      line.append("move mount . over /");
      break;
    case Op::uncover_root:
      line.append("move what covers / back to %s", step.target);
      break;
    case Op::enter_cover:
      line.append("change root to .");
      break;
    case Op::leave_cover:
      line.append("change root back to the initramfs");
      break;
    case Op::enter_old_root:
      line.append("change directory to the initramfs");
      break;
    case Op::open_console:
      line.append("open /dev/console as descriptors 0, 1, 2");
      if (*step.source != '\0') line.append(", else %s", step.source);
      break;
    case Op::free_ram_disk:
      line.append("free the RAM disk's memory: %s", describe(static_cast<Freeing>(step.number)));
      break;
    case Op::delete_initramfs:
      line.append("delete the files of the initramfs");
      break;
    case Op::write_report:
      line.append("write the boot report to %s", step.target);
      break;
    case Op::find_upper:
    case Op::mount_upper:
    case Op::mount_overlay:
    case Op::set_link:
    case Op::rename:
    case Op::set_aside:
    case Op::wipe:
    case Op::renew_work:
    case Op::leave:
    case Op::record_root:
    case Op::erase_flash:
    case Op::format_upper:
    case Op::copy_changes:
    case Op::copy_listed:
    case Op::remove_copy:
    case Op::move_mounts:
      describe_overlay(step, line);
      break;
    case Op::find_mtd:
    case Op::make_source:
    case Op::check_source:
    case Op::refuse:
    case Op::unpack:
      describe_ramroot(step, line);
      break;
    case Op::configure_network:
      line.append("run %s %s, at most %llu s", step.target, step.source,
                  static_cast<unsigned long long>(step.number));
      break;
    case Op::wait:
      line.append("wait %llu s", static_cast<unsigned long long>(step.number));
      break;
    case Op::say:
      line.append("say: %s", step.source);
      break;
    case Op::exec_init:
      line.append("execute it");
      break;
    case Op::exit:
      line.append("exit with code %llu", static_cast<unsigned long long>(step.number));
      break;
  }
}

}  // namespace linuxrc
