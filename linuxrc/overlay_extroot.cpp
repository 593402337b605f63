// Whether the upper on another disk, OpenWrt's extroot, is this root's, and how that is recorded.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "linuxrc/device_head.hpp"
#include "linuxrc/extroot.hpp"
#include "linuxrc/gather.hpp"
#include "linuxrc/overlay.hpp"
#include "linuxrc/overlay_options.hpp"
#include "linuxrc/steps.hpp"
#include "linuxrc/volume.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

constexpr const char* record_name = "/overlay/etc/.extroot-uuid";
constexpr std::size_t longest_record = 80;

// What the record says, "" where there is none. A link would lead away from the upper.
common::Result<std::size_t> read_record(Machine& machine, std::span<char> text) {
  text[0] = '\0';
  for (const char* name : {"/overlay/etc", record_name}) {
    const Path path = in_workspace(machine, name);
    const bool is_record = name == record_name;
    FileFacts found;
    const int result = machine.sys.lstat(path.c_str(), found);
    if (result == -ENOENT) return std::size_t{0};
    if (result < 0) return Error::system(-result, "lstat %s", path.c_str());
    if (is_record ? !S_ISREG(found.mode) : !S_ISDIR(found.mode))
      return Error::of(Failure::not_usable, "%s is no %s", path.c_str(),
                       is_record ? "file" : "directory");
  }
  return read_text(machine.sys, in_workspace(machine, record_name).c_str(), text);
}

// What OpenWrt calls this root.
void gather_root_uuid(Machine& machine) {
  static std::array<std::byte, volume_window> head;
  Path root = lower_path(machine.facts);
  root.append("/.");
  FileFacts found;
  RootUuid uuid;
  if (look_at(machine.log, root.c_str(), found) && major(found.device) != 0)
    uuid = root_uuid(read_meant_head(machine, found.device, head));
  std::memcpy(machine.facts.overlay.root_uuid, uuid.c_str(), uuid.size() + 1);
}

// "1234-abcd\n" without its end.
std::string_view trimmed(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

}  // namespace

bool find_extroot(Machine& machine) {
  static char text[8192];
  OverlayFacts& overlay = machine.facts.overlay;
  if (overlay.extroot || overlay.extroot_refused || role_of(machine.facts) != Role::over_root)
    return false;
  Path changed = in_workspace(machine, "/overlay/upper/etc/config/fstab");
  Path delivered = lower_path(machine.facts);
  delivered.append("/etc/config/fstab");
  for (const char* path : {changed.c_str(), delivered.c_str()}) {
    FileFacts found;
    const int result = machine.sys.lstat(path, found);
    if (result < 0 && (result == -ENOENT || result == -ENOTDIR)) continue;
    const auto length = read_text(machine.sys, path, text);
    // One that is no file says that there is no fstab: an upper deletes so.
    if (!length) return false;
    const ExtrootName name = extroot_of_fstab({text, *length});
    if (name.size() >= sizeof overlay.extroot_name) return false;
    std::memcpy(overlay.extroot_name, name.c_str(), name.size() + 1);
    return !name.empty();
  }
  return false;
}

Status check_extroot(Machine& machine) {
  OverlayFacts& overlay = machine.facts.overlay;
  UpperProbe& upper = overlay.upper;
  const OverlayOptions options = overlay_options(machine.facts);
  const char* const name = options.upper.c_str();
  if (use_of(upper, options.policies) == UpperUse::memory)
    return Error::of(Failure::not_usable, "the extroot %s is %s", name,
                     describe(upper_state(upper)));
  gather_root_uuid(machine);
  if (overlay.root_uuid[0] == '\0')
    return Error::of(Failure::not_usable,
                     "the extroot %s: this root has no UUID by which it would know it", name);
  char text[longest_record];
  const auto length = read_record(machine, text);
  if (!length)
    return Error::of(Failure::not_usable, "the extroot %s: %s", name, length.error().text());
  const std::string_view recorded = trimmed({text, *length});
  upper.root_recorded = !recorded.empty();
  if (!upper.root_recorded || same_uuid(recorded, overlay.root_uuid)) return Done{};
  return Error::of(Failure::not_usable, "the extroot %s belongs to the root %.*s, and this is %s",
                   name, static_cast<int>(recorded.size()), recorded.data(), overlay.root_uuid);
}

Status record_root(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  Path next;
  next.append("%s.new", step.target);
  Path folder;
  folder.append("%.*s", static_cast<int>(std::strrchr(step.target, '/') - step.target),
                step.target);
  const Status made = make_directory(sys, folder.c_str());
  if (!made) return made;
  const int fd = sys.open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644);
  if (fd < 0) return Error::system(-fd, "open %s", next.c_str());
  Status done = outcome(write_full(sys, fd, step.source), "write %s", next.c_str());
  const int closed = sys.close(fd);
  if (done) done = outcome(closed, "close %s", next.c_str());
  return done ? put_in_place(sys, next.c_str(), step.target) : done;
}

}  // namespace linuxrc
