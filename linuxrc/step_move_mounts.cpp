// What is mounted on / moves to the new root.
#include <sys/mount.h>

#include "common/lines.hpp"
#include "linuxrc/overlay.hpp"
#include "linuxrc/report.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

using common::Status;

// A mount, as a line of /proc/self/mountinfo tells (proc(5)): "ID PARENT MAJOR:MINOR ROOT POINT
// ...".
struct MountLine {
  std::string_view id;
  std::string_view parent;
  std::string_view point;
};

MountLine parse(std::string_view line) {
  return {common::field_of(line, ' ', 0), common::field_of(line, ' ', 1),
          common::field_of(line, ' ', 4)};
}

// The kernel writes blanks, tabs, newlines and backslashes as \ooo.
Path unescaped(std::string_view text) {
  Path path;
  while (!text.empty()) {
    const bool escaped = text.front() == '\\' && text.size() >= 4;
    const int value = escaped ? (text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0') : 0;
    path.append("%c", escaped ? value : static_cast<int>(text.front()));
    text.remove_prefix(escaped ? 4 : 1);
  }
  return path;
}

// The old root's own, which go with it, or the new one's.
bool stays(std::string_view point, std::string_view work) {
  return point.empty() || point == "/" || point == "/rom" || point == "/overlay" || point == work;
}

}  // namespace

// From the root mounted on `source` to that on `target`; "" is / itself.
Status move_mounts(Machine& machine, const Step& step) {
  static char text[32768];
  const Path table = in_workspace(machine, "/proc/self/mountinfo");
  const auto length = read_text(machine.sys, table.c_str(), text);
  if (!length) return length.error();
  const std::string_view all{text, *length};
  const std::string_view source = step.source;
  // Of several mounts on it the last is the one on top.
  std::string_view root;
  for (std::string_view rest = all; const auto line = common::next_line(rest);)
    if (parse(*line).point == (source.empty() ? "/" : source)) root = parse(*line).id;
  for (std::string_view rest = all; const auto line = common::next_line(rest);) {
    const MountLine mount = parse(*line);
    if (root.empty() || mount.parent != root || !mount.point.starts_with(source)) continue;
    if (stays(mount.point.substr(source.size()), machine.facts.work.view())) continue;
    const Path from = unescaped(mount.point);
    Path to;
    to.append("%s%s", step.target, from.c_str() + source.size());
    // A mount point that was made in the old one alone. Whether it is there the move says.
    (void)machine.sys.mkdir(to.c_str(), 0755);
    const Status moved =
        outcome(machine.sys.mount(from.c_str(), to.c_str(), nullptr, MS_MOVE, nullptr),
                "move mount %s to %s", from.c_str(), to.c_str());
    if (!moved) go_on_without(machine, moved.error());
  }
  return common::Done{};
}

}  // namespace linuxrc
