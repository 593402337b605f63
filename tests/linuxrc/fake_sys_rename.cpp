// FakeSys: the calls of FileSys.
#include <sys/stat.h>

#include <cerrno>

#include "tests/linuxrc/fake_sys.hpp"

namespace linuxrc::fake {

int FakeSys::rename(const char* from, const char* to) {
  const std::string text = std::string("rename ") + from + " " + to;
  if (const int failed = enter(Call::rename, text); failed < 0) return failed;
  Place old_folder;
  Place new_folder;
  std::string old_name;
  std::string new_name;
  int result = kernel_.tree.walk_parent(process().view, from, old_folder, old_name);
  if (result == 0) result = kernel_.tree.walk_parent(process().view, to, new_folder, new_name);
  if (result < 0) return done(result);
  const auto found = old_folder.node->children.find(old_name);
  if (found == old_folder.node->children.end()) return done(-ENOENT);
  if (old_folder.mount != new_folder.mount) return done(-EXDEV);
  if (old_folder.mount->read_only) return done(-EROFS);
  Node& node = *found->second;
  const auto there = new_folder.node->children.find(new_name);
  if (there != new_folder.node->children.end()) {
    if (S_ISDIR(there->second->mode) != S_ISDIR(node.mode))
      return done(S_ISDIR(node.mode) ? -ENOTDIR : -EISDIR);
    if (!there->second->children.empty()) return done(-ENOTEMPTY);
  }
  old_folder.node->children.erase(found);
  new_folder.node->children[new_name] = &node;
  node.parent = new_folder.node;
  return 0;
}

}  // namespace linuxrc::fake
