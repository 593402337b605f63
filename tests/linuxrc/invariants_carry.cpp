// What holds of a carry-over, whatever fails: an upper has all of what was in memory or nothing,
// and the system runs on the overlay that it had or on the new one, with its mounts.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "tests/linuxrc/invariants.hpp"

namespace linuxrc::fake {
namespace {

// "" when `copy` is as `node` in every respect, else the path of what is not.
std::string difference(const Node& node, const Node& copy, const std::string& path) {
  const bool same = node.mode == copy.mode && node.device == copy.device &&
                    node.owner == copy.owner && node.group == copy.group &&
                    node.content == copy.content && node.modified_s == copy.modified_s &&
                    node.attributes == copy.attributes && node.names == copy.names &&
                    node.children.size() == copy.children.size();
  if (!same) return path;
  for (const auto& [name, child] : node.children) {
    std::string below = path;
    below.append("/").append(name);
    const auto found = copy.children.find(name);
    if (found == copy.children.end()) return below;
    std::string deeper = difference(*child, *found->second, below);
    if (!deeper.empty()) return deeper;
  }
  return "";
}

// The fault says that a file went away meanwhile, or an attribute, or has no place there.
bool may_leave_out(const Traced& call) {
  return call.injected && (call.result == -ENOENT || call.result == -ENODATA ||
                           call.result == -EOPNOTSUPP || call.result == -ENOSYS);
}

bool is_mounted(const World& world, std::string_view path) {
  Place place;
  const View& view = world.kernel.main.view;
  return world.kernel.tree.walk(view, path, true, place) == 0 && place.node == place.mount->root &&
         place.mount != view.root.mount;
}

}  // namespace

std::vector<std::string> broken_carry_promises(const World& world) {
  std::vector<std::string> broken;
  if (!world.facts().overlay.carry) return broken;
  const auto& trace = world.sys.trace;
  const bool excused = std::any_of(trace.begin(), trace.end(), may_leave_out);
  const Node* const changes = Tree::find(*world.memory, "/upper");
  if (world.kernel.upper != nullptr) {
    const UpperProbe& before = world.facts().overlay.upper;
    const char* const name = before.used ? "/upper.memory" : "/upper";
    const Node* const upper = Tree::find(*world.kernel.upper, name);
    if (upper != nullptr && !upper->children.empty()) {
      const std::string wrong = difference(*changes, *upper, name);
      if (!wrong.empty() && !excused) broken.push_back("the upper has a copy by halves: " + wrong);
    }
  }
  // Whoever cannot come back from another root ends where it is.
  if (!world.sys.lost.empty()) return broken;
  const FileSystem* const root = world.kernel.main.view.root.mount->fs;
  const bool runs_new = root == world.kernel.overlay;
  if (!runs_new && root != world.running) broken.emplace_back("/ is neither overlay");
  if (world.outcome.end == End::exited && world.outcome.code == 0 && !runs_new)
    broken.emplace_back("it ended well, and the new overlay is not /");
  // One fault: what could not be moved is said.
  const auto faults =
      std::count_if(trace.begin(), trace.end(), [](const Traced& call) { return call.injected; });
  if (faults > 1) return broken;
  const bool in_tmp = world.facts().overlay.memory_in_tmp && !runs_new;
  for (const char* path : {"/proc", "/rom", in_tmp ? "/tmp/root" : "/overlay", "/mnt/usb"})
    if (!is_mounted(world, path) && !world.said("going on"))
      broken.push_back(std::string("nothing is mounted any more on ") + path);
  return broken;
}

}  // namespace linuxrc::fake
