// Workspace, device nodes, mounting the root, unmounting.
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstring>

#include "common/lines.hpp"
#include "linuxrc/device.hpp"
#include "linuxrc/holders.hpp"
#include "linuxrc/report.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Status;

namespace {

// What one file system type said to the root.
enum class Try { mounted, next_type, failed };

struct MountTry {
  Machine& machine;
  const Step& step;
  unsigned long flags;
  int last_error = 0;
  common::Text<200> tried;

  // It is not of this type, or the kernel does not know that.
  static bool says_little(int error) { return error == EINVAL || error == ENODEV; }

  // The kernel's mount_block_root() goes on after EACCES and EINVAL. ENODEV is added: a type of
  // rootfstype= that this kernel does not know need not keep the others from being tried.
  Try with(const char* type) {
    const char* const source = machine.root_node.c_str();
    const int result = machine.sys.mount(source, step.target, type, flags, step.data);
    if (result >= 0) return Try::mounted;
    // Of a partition of flash what one type says of the chip is no reason not to try another, and
    // of a volume ENODEV that it is not there.
    const bool flash = step.op == Op::mount_flash;
    const bool unknown = result == -ENODEV && !flash;
    const bool little = says_little(-result);
    const bool says_more = !unknown && (!little || says_little(last_error));
    if (last_error == 0 || says_more) last_error = -result;
    tried.append("%s%s%s", tried.empty() ? "" : ", ", type, unknown ? " (not in this kernel)" : "");
    return little || flash || result == -EACCES ? Try::next_type : Try::failed;
  }
};

// Calls `visit` with each type of a comma-separated list; empty ones are skipped, as the kernel
// does. Stops at what is not next_type.
template <class Visit>
Try each_listed(const char* list, Visit visit) {
  for (const char* at = list; *at != '\0';) {
    const std::size_t length = std::strcspn(at, ",");
    common::Text<64> type;
    type.append("%.*s", static_cast<int>(length), at);
    at += length + (at[length] == ',' ? 1 : 0);
    if (type.empty()) continue;
    if (const Try result = visit(type.c_str()); result != Try::next_type) return result;
  }
  return Try::next_type;
}

// The same with the types of /proc/filesystems that need a block device, in its order.
template <class Visit>
Try each_known(std::string_view filesystems, Visit visit) {
  while (const auto line = common::next_line(filesystems)) {
    if (!line->starts_with('\t')) continue;  // "nodev" stands before the tab
    common::Text<64> type;
    type.append("%.*s", static_cast<int>(line->size() - 1), line->data() + 1);
    if (const Try result = visit(type.c_str()); result != Try::next_type) return result;
  }
  return Try::next_type;
}

// "/dev/vda" keeps its name, so that /proc/mounts shows what the user wrote; anything else is
// "/dev/root", as the kernel calls it.
void name_root_node(const char* source, Path& name) {
  name.clear();
  const bool plain = std::strncmp(source, "/dev/", 5) == 0 && source[5] != '\0' &&
                     std::strchr(source + 5, '/') == nullptr;
  name.append("%s", plain ? source : "/dev/root");
}

Status mount_inside_workspace(Machine& machine, const Step& step, dev_t device) {
  name_root_node(step.source, machine.root_node);
  char filesystems[4096];
  const bool any_type = *step.type == '\0';
  const auto length = any_type ? read_text(machine.sys, "/proc/filesystems", filesystems)
                               : common::Result<std::size_t>(0);
  if (!length) return length.error();
  const Status made = make_node(machine, machine.root_node.c_str(), device);
  if (!made) return made;
  return mount_as_some_type(machine, step, {filesystems, *length}, device);
}

}  // namespace

Status mount_as_some_type(Machine& machine, const Step& step, std::string_view filesystems,
                          dev_t device) {
  MountTry attempt{machine, step, step.flags, 0, {}};
  int refused = 0;  // the error of the read-write pass
  for (;;) {
    const auto visit = [&](const char* type) { return attempt.with(type); };
    const Try result =
        *step.type == '\0' ? each_known(filesystems, visit) : each_listed(step.type, visit);
    if (result == Try::mounted) {
      if ((attempt.flags & MS_RDONLY) != 0 && (step.flags & MS_RDONLY) == 0) {
        const Error why = Error::system(refused, "%s can only be mounted read-only", step.source);
        machine.log.say("%s", why.text());
        // An image may well be one that can only be read.
        if (step.device == 0) degrade(machine, "the root can only be mounted read-only");
      }
      return Done{};
    }
    if (result == Try::failed || (attempt.flags & MS_RDONLY) != 0) break;
    refused = attempt.last_error;
    attempt.flags |= MS_RDONLY;
    attempt.tried.clear();
  }
  if (attempt.tried.empty())
    return Error::of(common::Failure::system, "mount root %s: no file system type to try",
                     step.source);
  return Error::system(attempt.last_error, "mount root %s (%u:%u) on %s as %s", step.source,
                       major(device), minor(device), step.target, attempt.tried.c_str());
}

Status mount_workspace(Machine& machine, const Step& step) {
  const char* const mode = "mode=0755";
  int result = machine.sys.mount("linuxrc", step.target, "tmpfs", MS_NOSUID, mode);
  // A kernel without tmpfs: ramfs takes no option.
  if (result == -ENODEV)
    result = machine.sys.mount("linuxrc", step.target, "ramfs", MS_NOSUID, nullptr);
  return outcome(result, "mount tmpfs on %s", step.target);
}

Status make_directory(Sys& sys, const char* path) {
  const int result = sys.mkdir(path, 0755);
  return result == -EEXIST ? Done{} : outcome(result, "mkdir %s", path);
}

Status make_node(Machine& machine, const char* path, dev_t device) {
  FileFacts found;
  if (machine.sys.stat(path, found) >= 0 && S_ISBLK(found.mode) && found.node_device == device)
    return Done{};
  (void)machine.sys.unlink(path);  // mknod says what is wrong if it is still there
  return outcome(machine.sys.mknod(path, S_IFBLK | 0600, device), "mknod %s b %u %u", path,
                 major(device), minor(device));
}

Status mount_root(Machine& machine, const Step& step) {
  const dev_t device = step.device != 0 ? step.device : machine.root.value_or(0);
  const Facts& facts = machine.facts;
  // Under another name it would be unmounted and freed while it is the new root.
  if (device == facts.root_device ||
      (facts.linuxrc == LinuxrcOutcome::returned && device == facts.ram_disk_device))
    return Error::of(common::Failure::not_usable, "mount %s: it is the old root", step.source);
  // Seen from inside the workspace the node is /dev/NAME, and that is what /proc/mounts will say.
  Step inner = step;
  inner.target = step.target + machine.facts.work.size();
  Inside workspace(machine.sys, machine.facts.work.c_str());
  if (!workspace.status()) return workspace.status();
  const Status mounted = mount_inside_workspace(machine, inner, device);
  const Status back = workspace.leave();
  return mounted ? back : mounted;
}

Status unmount_or_detach(Machine& machine, const Step& step) {
  if (step.device != 0) {
    measure_memory(machine);
    let_ram_disk_go(machine);
  }
  const int result = machine.sys.umount2(step.target, 0);
  // Whatever kept it from going: a RAM disk that is mounted somewhere must not be freed.
  if (result < 0 && step.device != 0) machine.old_root_busy = true;
  if (result != -EBUSY) return outcome(result, "umount %s", step.target);
  if (step.device != 0) {
    machine.log.warn("the old root is busy: detached, and gone when its last user ends");
    say_holders(machine, step.device);
  }
  return outcome(machine.sys.umount2(step.target, MNT_DETACH), "umount %s", step.target);
}

}  // namespace linuxrc
