// The overlay's steps but deletion.
#include <sys/mount.h>

#include <cerrno>
#include <cstring>

#include "linuxrc/network.hpp"
#include "linuxrc/overlay.hpp"
#include "linuxrc/ramroot.hpp"
#include "linuxrc/report.hpp"
#include "linuxrc/root_name.hpp"
#include "linuxrc/steps.hpp"
#include "linuxrc/sys_files.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Status;

int rename_file(Sys& sys, const char* from, const char* to) {
  FileSys* const files = sys.files();
  return files == nullptr ? -ENOSYS : files->rename(from, to);
}

// Removing what is not there writes nothing, and is refused on what is read-only.
constexpr const char* probe_of_writing = "/.linuxrc.probe";
bool is_read_only(Sys& sys, const char* point) {
  Path probe;
  probe.append("%s%s", point, probe_of_writing);
  return sys.unlink(probe.c_str()) == -EROFS;
}

Status try_to_mount_upper(Machine& machine, const Step& step) {
  if (parse_root_name(step.source).form == RootName::Form::flash)
    return mount_flash_upper(machine, step);
  const Path node = disk_node(machine, step.source);
  Step named = step;
  named.source = node.c_str();
  const Status mounted = mount_root(machine, named);
  if (!mounted || !is_read_only(machine.sys, step.target)) return mounted;
  (void)machine.sys.umount2(step.target, MNT_DETACH);  // nobody has seen it yet
  return Error::system(EROFS, "mount the upper %s read-write: unlink %s%s", step.source,
                       step.target, probe_of_writing);
}

Status mount_upper(Machine& machine, const Step& step) {
  const Status mounted = try_to_mount_upper(machine, step);
  if (!mounted) note_why(machine.facts.overlay.upper, mounted.error());
  return mounted;
}

// The options name paths as they are in the workspace, and will be on the new root. Where the lower
// is the current / they name those of /.
Status mount_overlay(Machine& machine, const Step& step) {
  const OverlayFacts& overlay = machine.facts.overlay;
  const bool over_root = role_of(machine.facts) == Role::over_root && !overlay.carry;
  const char* const inside = over_root                 ? ""
                             : is_laid_in_rom(overlay) ? "/rom"
                                                       : machine.facts.work.c_str();
  const char* const target = step.target + std::strlen(inside);
  Inside workspace(machine.sys, inside);
  if (!workspace.status()) return workspace.status();
  // A kernel whose default is an index refuses the upper with another firmware's root, and its
  // index lies in the work directory, which is emptied. Linux before 4.13 does not know the word.
  common::Text<720> data;
  data.append("%s,index=off", step.data);
  int result = -EINVAL;
  if (!overlay.old_type)
    result = machine.sys.mount(step.source, target, step.type, step.flags, data.c_str());
  if (result == -EINVAL)
    result = machine.sys.mount(step.source, target, step.type, step.flags, step.data);
  const Status mounted = outcome(result, "mount %s (%s)", step.source, step.data);
  const Status back = workspace.leave();
  if (!mounted || !back) return mounted ? back : mounted;
  // Where the work directory cannot be filled the kernel mounts it read-only and calls that
  // success.
  if (is_read_only(machine.sys, step.target)) {
    machine.log.warn("the overlay is read-only: its upper cannot be written to, or is full");
    degrade(machine, "the overlay is read-only");
  }
  return Done{};
}

// "upper" becomes "upper.1", or the next number that is free.
Status set_aside(Machine& machine, const Step& step) {
  constexpr unsigned most = 1000;
  for (unsigned number = 1; number < most; ++number) {
    Path aside;
    aside.append("%s.%u", step.target, number);
    FileFacts found;
    if (machine.sys.lstat(aside.c_str(), found) >= 0) continue;
    const int result = rename_file(machine.sys, step.target, aside.c_str());
    if (result == -ENOENT) return Done{};  // nothing to be kept
    if (result >= 0) machine.log.say("%s is now %s", step.target, aside.c_str());
    return outcome(result, "rename %s to %s", step.target, aside.c_str());
  }
  return Error::of(common::Failure::system, "rename %s: %u of them are kept already", step.target,
                   most - 1);
}

// Linux mounts an overlay read-only where the work directory is not empty: one that cannot be
// emptied gives its place to another.
Status renew_work(Machine& machine, const Step& step) {
  const Status wiped = wipe(machine, step.target, "");
  if (wiped) return wiped;
  machine.log.warn("%s: %s", step.target, wiped.error().text());
  return set_aside(machine, step);
}

}  // namespace

Status set_link(Sys& sys, const char* path, const char* text) {
  Path next;
  next.append("%s.new", path);
  (void)sys.unlink(next.c_str());  // one that a power cut left; symlink says what else is wrong
  Status done = outcome(sys.symlink(text, next.c_str()), "symlink %s", next.c_str());
  // What the link speaks of reaches the disk before the link does.
  return done ? put_in_place(sys, next.c_str(), path) : done;
}

Status put_in_place(Sys& sys, const char* next, const char* path) {
  sys.sync();
  const Status done = outcome(rename_file(sys, next, path), "rename to %s", path);
  sys.sync();
  return done;
}

Status perform_overlay(Machine& machine, const Step& step) {
  switch (step.op) {
    case Op::find_upper:
      return find_upper(machine, step);
    case Op::mount_upper:
      return mount_upper(machine, step);
    case Op::mount_overlay:
      return mount_overlay(machine, step);
    case Op::set_link:
      return set_link(machine.sys, step.target, step.source);
    case Op::rename:
      return outcome(rename_file(machine.sys, step.source, step.target), "rename %s to %s",
                     step.source, step.target);
    case Op::set_aside:
      return set_aside(machine, step);
    case Op::wipe:
      return wipe(machine, step.target, step.source);
    case Op::renew_work:
      return renew_work(machine, step);
    case Op::erase_flash:
      return erase_flash(machine, step);
    case Op::format_upper:
      return format_upper(machine, step);
    case Op::copy_changes:
      return copy_changes(machine, step);
    case Op::remove_copy:
      return remove_copy(machine, step.target);
    case Op::copy_listed:
      return copy_listed(machine, step);
    case Op::move_mounts:
      return move_mounts(machine, step);
    case Op::record_root:
      return record_root(machine, step);
    case Op::leave:
      machine.sys.exit_now(0);
      break;
    case Op::configure_network:
      return configure_network(machine, step);
    default:
      return perform_ramroot(machine, step);
  }
  return Done{};
}

}  // namespace linuxrc
