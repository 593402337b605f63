// The upper is one device, and the one that is meant.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "linuxrc/device.hpp"
#include "linuxrc/find_device.hpp"
#include "linuxrc/mtd.hpp"
#include "linuxrc/overlay.hpp"
#include "linuxrc/root_name.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

std::string_view all_partitions(Machine& machine) {
  static char text[partitions_bytes];
  return read_partitions(machine, text);
}

// A copy of a disk has its UUID and its label, too. Which of them was used before, nobody knows:
// changes would go to one this time, and to the other the next.
Status check_only_one(Machine& machine, const char* text) {
  const RootName name = parse_root_name(text);
  if (name.form != RootName::Form::uuid && name.form != RootName::Form::label) return Done{};
  std::string_view rest = all_partitions(machine);
  while (const auto partition = next_partition(rest))
    if (partition->device == machine.root) break;
  const Found other = find_volume(machine, name, rest);
  if (!other.device) return Done{};
  return Error::of(Failure::not_usable, "%s is %u:%u and %u:%u, too: none of them is used", text,
                   major(*machine.root), minor(*machine.root), major(*other.device),
                   minor(*other.device));
}

// Flash by the device's node, as OpenWrt's programs look for it in /proc/mounts. "" where there is
// none.
Path flash_node(Machine& machine, const char* source) {
  const OverlayFacts& overlay = machine.facts.overlay;
  const bool block = overlay.upper.device != 0;
  Path node;
  if (role_of(machine.facts) != Role::over_root) return node;
  if (block)
    node.append("/dev/mtdblock%u", minor(overlay.upper.device));
  else if (parse_root_name(source).text == overlay.data && overlay.volume[0] != '\0')
    node.append("/dev/%s", overlay.volume);
  FileFacts found;
  const bool there = !node.empty() && machine.sys.stat(node.c_str(), found) >= 0;
  const bool fits =
      there && (block ? S_ISBLK(found.mode) && found.node_device == overlay.upper.device
                      : S_ISCHR(found.mode));
  if (!fits) node.clear();
  return node;
}

}  // namespace

Status find_upper(Machine& machine, const Step& step) {
  const Status found = find_root(machine, step);
  return found ? check_only_one(machine, step.source) : found;
}

// Of a UUID or a label the kernel's name of what was found; that of the root is /dev/root.
Path disk_node(Machine& machine, const char* source) {
  Path node;
  if (std::string_view(source).starts_with("/dev/")) return node.append("%s", source);
  std::string_view rest = all_partitions(machine);
  while (const auto partition = next_partition(rest))
    if (partition->device == machine.root && partition->name.find('/') == std::string_view::npos)
      return node.append("/dev/%.*s", static_cast<int>(partition->name.size()),
                         partition->name.data());
  return node.append("/dev/upper");
}

Status mount_flash_upper(Machine& machine, const Step& step) {
  const Path node = flash_node(machine, step.source);
  if (!node.empty()) {
    Step named = step;
    named.source = node.c_str();
    if (mount_flash(machine, named)) return Done{};  // else the name says what is wrong
  }
  return mount_flash(machine, step);
}

}  // namespace linuxrc
