// What linuxrc sees of an overlay's lower and upper.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "common/lines.hpp"
#include "common/sizes.hpp"
#include "linuxrc/device_head.hpp"
#include "linuxrc/gather.hpp"
#include "linuxrc/mtd.hpp"
#include "linuxrc/overlay.hpp"
#include "linuxrc/root_name.hpp"
#include "linuxrc/steps.hpp"
#include "linuxrc/volume.hpp"

namespace linuxrc {
namespace {

using common::Status;

// The first bytes of one device at a time.
std::array<std::byte, volume_window> head;

void gather_kernel(Machine& machine) {
  OverlayFacts& overlay = machine.facts.overlay;
  char text[4096];
  const auto length =
      read_text(machine.sys, in_workspace(machine, "/proc/filesystems").c_str(), text);
  if (!length) {
    machine.log.warn("%s, ignoring", length.error().text());
    overlay.supported = true;  // the mount will say
    return;
  }
  bool old_type = false;
  std::string_view rest{text, *length};
  while (const auto line = common::next_line(rest)) {
    overlay.supported = overlay.supported || line->ends_with("\toverlay");
    old_type = old_type || line->ends_with("\toverlayfs");
  }
  overlay.old_type = old_type && !overlay.supported;
  overlay.supported = overlay.supported || old_type;
}

// Empty where there is no such file, or no build in it. Errors: it cannot be read.
Status release_of_root(Machine& machine, Identity& identity) {
  static char text[4096];
  const Path lower = lower_path(machine.facts);
  Inside inside(machine.sys, lower.c_str());
  if (!inside.status()) return inside.status();
  Status done = common::Done{};
  for (const char* path : {"/etc/os-release", "/usr/lib/os-release"}) {
    if (!done || !identity.empty()) break;
    const auto length = read_text(machine.sys, path, text);
    if (length)
      identity = identity_of_release({text, *length});
    else if (length.error().errno_value() != ENOENT && length.error().errno_value() != ENOTDIR)
      done = length.error();
  }
  const Status back = inside.leave();
  return back ? done : back;
}

void gather_lower(Machine& machine) {
  Identity identity;
  const Status read = release_of_root(machine, identity);
  if (!read) machine.log.warn("%s, going on", read.error().text());
  FileFacts root;
  Path above = lower_path(machine.facts);
  above.append("/.");
  // Of a file that cannot be read now another name would be another firmware.
  if (read && identity.empty() && look_at(machine.log, above.c_str(), root) &&
      major(root.device) != 0)
    identity = identity_of_device(read_meant_head(machine, root.device, head));
  OverlayFacts& overlay = machine.facts.overlay;
  overlay.lower_known = !identity.empty();
  std::memcpy(overlay.lower, identity.c_str(), identity.size() + 1);
  if (!overlay.lower_known)
    machine.log.say("the root says nowhere which firmware it is: a change of it is not noticed");
}

// The block device of a flash partition; 0 when there is none of this name.
dev_t flash_device(Machine& machine, std::string_view name) {
  static char text[4096];
  const auto length = read_text(machine.sys, in_workspace(machine, "/proc/mtd").c_str(), text);
  const bool no_flash = !length && length.error().errno_value() == ENOENT;
  if (!length && !no_flash) machine.log.warn("%s, going on", length.error().text());
  const auto number = length ? mtd_number({text, *length}, name) : std::optional<unsigned>();
  return number ? makedev(mtd_block_major, *number) : 0;
}

// One of /sys/class/ubi: "ubi0_1" is a volume, whose file `name` says how it is called.
bool is_data_volume(void* context, const char* entry) {
  auto& machine = *static_cast<Machine*>(context);
  Path path;
  char name[32];
  path.append("/sys/class/ubi/%s/name", entry);
  const auto length = read_text(machine.sys, path.c_str(), name);
  const char* const bar = std::strchr(entry, '_');
  if (!length || bar == nullptr || std::string_view{name, *length} != "rootfs_data\n") return true;
  common::Text<sizeof(OverlayFacts::data)> data;
  data.append("%.*s:rootfs_data", static_cast<int>(bar - entry), entry);
  OverlayFacts& overlay = machine.facts.overlay;
  std::memcpy(overlay.data, data.c_str(), data.size() + 1);
  common::Text<sizeof overlay.volume> volume;
  volume.append("%s", entry);
  if (!volume.full()) std::memcpy(overlay.volume, volume.c_str(), volume.size() + 1);
  return false;
}

void find_data(Machine& machine) {
  constexpr std::string_view flash = "mtd:rootfs_data";
  if (flash_device(machine, flash) != 0)
    std::memcpy(machine.facts.overlay.data, flash.data(), flash.size());
  else
    (void)machine.sys.list("/sys/class/ubi", is_data_volume, &machine);  // perhaps there is no UBI
}

// What / has that a mounted root has not.
void gather_root_itself(Machine& machine) {
  Facts& facts = machine.facts;
  FileFacts found;
  OverlayFacts& overlay = facts.overlay;
  const char* const memory = overlay.carry ? waiting_memory(machine.sys) : nullptr;
  overlay.memory_in_tmp = memory != nullptr && std::strcmp(memory, point_of_memory) == 0;
  Path point = lower_path(facts);
  point.append("/overlay");
  const dev_t root = overlay.carry ? overlay.lower_device : facts.root_device;
  overlay.has_point = look_at(machine.log, point.c_str(), found, false) && S_ISDIR(found.mode) &&
                      found.device == root;
  overlay.tmp_mounted = look_at(machine.log, "/tmp", found) && S_ISDIR(found.mode) &&
                        found.device != facts.root_device;
  find_data(machine);
}

int read_link(Machine& machine, const char* name, std::span<char> text) {
  Path path = in_workspace(machine, "/overlay/");
  path.append("%s", name);
  text[0] = '\0';
  const int length = machine.sys.readlink(path.c_str(), text.data(), text.size());
  if (length < 0 && length != -ENOENT) {
    const Status read = outcome(length, "readlink %s", path.c_str());
    machine.log.warn("%s, going on", read.error().text());
    note_why(machine.facts.overlay.upper, read.error());
  }
  return length;
}

// What the upper holds as `name`. Where that cannot be told the upper is strange: what is not known
// is not to be deleted, or taken for nothing.
struct Held {
  bool missing = true;
  bool something = false;  // a directory that is not empty
};

Held held_as(Machine& machine, const char* name) {
  Held held;
  FileFacts found;
  UpperProbe& upper = machine.facts.overlay.upper;
  const Path path = in_workspace(machine, name);
  const int there = machine.sys.lstat(path.c_str(), found);
  held.missing = there == -ENOENT;
  if (held.missing) return held;
  Status seen = outcome(there, "lstat %s", path.c_str());
  if (seen && !S_ISDIR(found.mode)) {
    seen = common::Error::system(ENOTDIR, "list %s", path.c_str());
  } else if (seen) {
    const int listed = machine.sys.list(
        path.c_str(),
        [](void* context, const char*) {
          *static_cast<bool*>(context) = true;
          return false;
        },
        &held.something);
    seen = outcome(listed, "list %s", path.c_str());
  }
  if (seen) return held;
  machine.log.warn("%s, going on", seen.error().text());
  note_why(upper, seen.error());
  upper.strange = true;
  return held;
}

}  // namespace

void note_why(UpperProbe& upper, const common::Error& error) {
  if (upper.why[0] != '\0') return;  // what came first led to the rest
  common::Text<sizeof upper.why> why;
  why.append("%s", error.text());
  std::memcpy(upper.why, why.c_str(), why.size() + 1);
}

Path lower_path(const Facts& facts) {
  Path path;
  if (facts.overlay.carry)
    path.append("/rom");
  else if (role_of(facts) != Role::over_root)
    path.append("%s/root", facts.work.c_str());
  return path;
}

void gather_overlay(Machine& machine) {
  gather_kernel(machine);
  if (role_of(machine.facts) == Role::over_root) gather_root_itself(machine);
  gather_lower(machine);
}

void gather_upper_device(Machine& machine) {
  UpperProbe& upper = machine.facts.overlay.upper;
  const OverlayOptions options = overlay_options(machine.facts);
  const RootName name = parse_root_name(options.upper.view());
  upper.found = true;
  dev_t device = machine.root.value_or(0);
  if (name.form == RootName::Form::flash) {
    if (!name.text.starts_with("mtd"))
      return;  // of a UBI volume the mount says whether it is there
    device = flash_device(machine, name.text);
    upper.found = device != 0;
    if (!upper.found) machine.log.warn("the upper: /proc/mtd has no %s", options.upper.c_str());
  }
  upper.device = device;
  if (device != 0) upper.contents = identify_upper(read_meant_head(machine, device, head));
}

void gather_upper(Machine& machine) {
  UpperProbe& upper = machine.facts.overlay.upper;
  FileFacts workspace;
  FileFacts mounted;
  const Path above = in_workspace(machine, "/");
  const Path point = in_workspace(machine, "/overlay");
  upper.mounted = look_at(machine.log, above.c_str(), workspace) &&
                  look_at(machine.log, point.c_str(), mounted) &&
                  mounted.device != workspace.device;
  if (!upper.mounted) return;
  char text[128];
  if (const int length = read_link(machine, state_link, text); length >= 0)
    upper.mark = parse_mark({text, static_cast<std::size_t>(length)});
  else if (length != -ENOENT)
    upper.mark = UpperMark::other;
  // What is no link, or too long for one of ours, is not this root's.
  const int lower = read_link(machine, lower_link, text);
  if (lower >= 0 || lower == -ENAMETOOLONG || lower == -EINVAL) {
    upper.lower_recorded = true;
    upper.lower_differs = machine.facts.overlay.lower_known &&
                          (lower < 0 || std::strcmp(text, machine.facts.overlay.lower) != 0);
  } else if (lower != -ENOENT) {
    upper.strange = true;
  }
  const Held changes = held_as(machine, "/overlay/upper");
  const Held copy = held_as(machine, "/overlay/upper.new");
  upper.missing = changes.missing;
  upper.copied = copy.something;
  upper.used = changes.something || (changes.missing && copy.something);
  upper.stale_work = held_as(machine, "/overlay/work").something;
  upper.memory_kept = !held_as(machine, "/overlay/upper.memory").missing;
}

}  // namespace linuxrc
