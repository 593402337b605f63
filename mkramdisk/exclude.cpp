#include "mkramdisk/exclude.hpp"

#include <fnmatch.h>

namespace mkramdisk {

bool excluded(const Excludes& patterns, std::string_view path) {
  const std::string whole(path);
  const std::string name(path.substr(path.rfind('/') + 1));
  for (const std::string& pattern : patterns) {
    const bool by_path = pattern.find('/') != std::string::npos;
    const char* const wanted = pattern.c_str() + (pattern.starts_with('/') ? 1 : 0);
    if (::fnmatch(wanted, by_path ? whole.c_str() : name.c_str(), 0) == 0) return true;
  }
  return false;
}

void remove_excluded(const Excludes& patterns, Tree& tree) {
  if (patterns.empty()) return;
  std::vector<std::pair<InodeId, std::string>> waiting{{Tree::root, ""}};
  while (!waiting.empty()) {
    const auto [directory, prefix] = waiting.back();
    waiting.pop_back();
    const Inode& inode = tree.inodes[directory];
    for (EntryId entry = inode.first; entry < inode.first + inode.count; ++entry) {
      const std::string path = prefix + std::string(tree.name_of(entry));
      if (excluded(patterns, path)) {
        tree.remove(entry);
      } else if (const InodeId id = tree.entries[entry].inode; tree.inodes[id].is(S_IFDIR)) {
        waiting.emplace_back(id, path + "/");
      }
    }
  }
  tree.finish();
}

}  // namespace mkramdisk
