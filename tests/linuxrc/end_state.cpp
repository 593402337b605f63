#include "tests/linuxrc/end_state.hpp"

#include <algorithm>
#include <iterator>

namespace linuxrc::fake {

EndState end_state(const World& world) {
  EndState lines;
  const Outcome& outcome = world.outcome;
  const bool is_started =
      outcome.end == End::init || (outcome.end == End::exited && outcome.code == 0);
  if (!is_started) return lines;
  if (outcome.end == End::init) lines.insert("init is " + outcome.path);
  for (const Mount& mount : world.kernel.tree.mounts()) {
    if (!mount.attached) continue;
    const std::string path = Tree::path_of(mount, world.kernel.main.view.root);
    // What only somebody else sees has its path there.
    const std::string where = path.empty() ? "out of sight" : "on " + path;
    lines.insert(mount.fs->type + " of " + mount.source + " is mounted " + where +
                 (mount.read_only ? ", read-only" : ""));
  }
  for (const std::string& module : world.kernel.modules) lines.insert(module + " is loaded");
  // Files of linuxrc's own making come and go.
  for (const std::string& loss : world.kernel.losses)
    if (!loss.starts_with("delete linuxrc.json ") && loss != "delete disk of tmpfs")
      lines.insert(loss);
  return lines;
}

std::string difference(const EndState& plain, const EndState& other) {
  std::string text;
  const auto add = [&](const char* sign, const auto& from, const auto& without) {
    EndState rest;
    std::set_difference(from.begin(), from.end(), without.begin(), without.end(),
                        std::inserter(rest, rest.end()));
    for (const std::string& line : rest) text += (text.empty() ? "" : "; ") + (sign + line);
  };
  add("no ", plain, other);
  add("now ", other, plain);
  return text;
}

}  // namespace linuxrc::fake
