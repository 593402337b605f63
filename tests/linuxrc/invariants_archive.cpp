// What a root that was unpacked from an archive has to be, whatever failed on the way.
#include <sys/stat.h>

#include <algorithm>

#include "tests/linuxrc/fake_archive.hpp"
#include "tests/linuxrc/invariants.hpp"

namespace linuxrc::fake {
namespace {

// "" when the file is as it was packed.
std::string difference(const FileSystem& root, const Packed& file, bool as_tar) {
  const std::string path = file.path == "." ? "" : "/" + file.path;
  const Node* const node = path.empty() ? root.root : Tree::find(root, path);
  if (node == nullptr) return path + " is not there";
  if (node->mode != file.mode && !S_ISLNK(file.mode)) return path + " has another mode";
  if ((node->mode & S_IFMT) != (file.mode & S_IFMT)) return path + " is of another kind";
  if (node->content != file.text) return path + " has other contents";
  if (node->device != file.device) return path + " is another device";
  if (node->owner != file.owner) return path + " has another owner";
  if (node->modified_s != 1'000'000'000) return path + " has another time";
  if (file.inode != 0 && node->names != 2)
    return path + " has " + std::to_string(node->names) + " names";
  if (as_tar && file.inode != 0 && !node->attributes.contains("user.a"))
    return path + " has no extended attribute";
  return "";
}

}  // namespace

std::vector<std::string> broken_archive_promises(const World& world) {
  std::vector<std::string> broken;
  const Facts& facts = world.facts();
  if (!facts.ramroot.archive || world.outcome.end != End::init) return broken;
  const FileSystem& root = *world.outcome.view.root.mount->fs;
  for (const Mount& mount : world.kernel.tree.mounts())
    if (mount.attached && mount.fs != &root && mount.fs->type == "tmpfs" &&
        Tree::find(*mount.fs, "/dev/console") != nullptr && !world.said("umount /root"))
      broken.emplace_back("what was unpacked, and is not the root, stays mounted");
  if (root.type != "tmpfs") return broken;
  const bool lost_attribute = world.said("does not keep are left out");
  const char* const init = facts.options().init;
  for (const Packed& file : packed_root(init == nullptr ? "/sbin/init" : init)) {
    // What is mounted there later hides it, and takes nothing away.
    const std::string found = difference(root, file, world.archive_is_tar && !lost_attribute);
    if (!found.empty()) broken.push_back("the root is not what was packed: " + found);
  }
  if (Tree::find(root, "/.linuxrc-names") != nullptr)
    broken.emplace_back("what helped to unpack is still there");
  return broken;
}

}  // namespace linuxrc::fake
