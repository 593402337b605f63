// Kernel: overlayfs, as far as a boot sees it: what the upper holds hides what the lower holds.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "tests/linuxrc/fake_kernel.hpp"

namespace linuxrc::fake {
namespace {

constexpr std::uint64_t overlay_magic = 0x794c7630;

std::string_view option(std::string_view options, std::string_view name) {
  while (!options.empty()) {
    const std::string_view word = options.substr(0, options.find(','));
    options.remove_prefix(std::min(options.size(), word.size() + 1));
    if (word.starts_with(name) && word.substr(name.size()).starts_with('='))
      return word.substr(name.size() + 1);
  }
  return {};
}

bool is_whiteout(const Node& node) {
  return S_ISCHR(node.mode) && node.device == 0;
}

}  // namespace

void Tree::merge(const Node& from, Node& into) {
  for (const auto& [name, child] : from.children) {
    if (is_whiteout(*child)) {
      into.children.erase(name);
      continue;
    }
    const auto found = into.children.find(name);
    Node& node = found != into.children.end() ? *found->second : make(into, name, child->mode);
    node.mode = child->mode;
    node.device = child->device;
    node.content = child->content;
    merge(*child, node);
  }
}

int Kernel::mount_overlay(const Process& caller, const char* source, const Place& where,
                          std::string_view options) {
  Place below;
  Place above;
  Place work;
  const std::pair<const char*, Place*> folders[] = {
      {"lowerdir", &below}, {"upperdir", &above}, {"workdir", &work}};
  for (const auto& [name, place] : folders) {
    const std::string_view path = option(options, name);
    // Before Linux 3.18 there was no work directory.
    if (place == &work && version().before(3, 18, 0)) continue;
    if (path.empty()) return -EINVAL;
    if (const int result = tree.walk(caller.view, path, true, *place); result < 0) return result;
    if (!S_ISDIR(place->node->mode)) return -ENOTDIR;
  }
  if (work.mount != nullptr && work.mount != above.mount) return -EINVAL;
  if (above.mount->read_only) return -EROFS;
  const auto number = static_cast<unsigned>(20 + tree.mounts().size());
  overlay = &tree.make_fs("overlay", makedev(0, number), overlay_magic);
  tree.merge(*below.node, *overlay->root);
  tree.merge(*above.node, *overlay->root);
  tree.attach(*overlay, *overlay->root, where, source);
  return 0;
}

}  // namespace linuxrc::fake
