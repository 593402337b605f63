// What holds of an overlay's upper, whatever fails.
#include <algorithm>

#include "linuxrc/overlay.hpp"
#include "tests/linuxrc/invariants.hpp"

namespace linuxrc::fake {

// Only what was asked to be deleted is: an upper is never taken for another one.
std::vector<std::string> broken_upper_promises(const World& world) {
  std::vector<std::string> broken;
  const auto promise = [&](bool kept, const std::string& what) {
    if (!kept) broken.push_back(what);
  };
  const Facts& facts = world.facts();
  const UpperPolicies policies = overlay_options(facts).policies;
  const bool may_wipe = use_of(facts.overlay.upper, policies) == UpperUse::wipe;
  for (const std::string& loss : world.kernel.losses) {
    promise(!loss.starts_with("erase ") || facts.overlay.upper.contents == UpperContents::dead_code,
            "flash was erased that was not marked: " + loss);
    if (!loss.starts_with("wipe ")) continue;
    const std::string path = loss.substr(5);
    const bool ours = path.starts_with("/work/") || path.starts_with("/upper.new") ||
                      path.starts_with("/upper.memory.") || path.ends_with("_state.new") ||
                      path.ends_with("lower.new");
    promise(ours || may_wipe, "deleted of an upper that was not to be reset: " + path);
  }
  if (may_wipe || world.kernel.upper == nullptr || !facts.overlay.upper.used) return broken;
  const Node& root = *world.kernel.upper->root;
  promise(std::any_of(root.children.begin(), root.children.end(),
                      [](const auto& child) {
                        return child.first.starts_with("upper") &&
                               child.second->children.contains(".hidden") &&
                               child.second->children.contains("etc");
                      }),
          "the upper's changes are gone");
  return broken;
}

}  // namespace linuxrc::fake
