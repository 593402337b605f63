#include "mkramdisk/tree.hpp"

#include <algorithm>

namespace mkramdisk {
namespace {

std::uint64_t hash_name(InodeId parent, std::string_view name) {
  return std::hash<std::string_view>{}(name) ^ (parent * 0x9e3779b97f4a7c15ULL);
}

}  // namespace

Tree::Tree() {
  Inode top;
  top.mode = S_IFDIR | 0755;
  top.links = 2;
  inodes.push_back(top);
}

std::string Tree::path_of(InodeId inode, InodeId top) const {
  std::vector<EntryId> names;
  while (inode != top && inodes[inode].name != none) {
    names.push_back(inodes[inode].name);
    inode = entries[inodes[inode].name].parent;
  }
  std::string path;
  for (auto entry = names.rbegin(); entry != names.rend(); ++entry) {
    if (!path.empty()) path += '/';
    path += name_of(*entry);
  }
  return path;
}

std::uint32_t Tree::keep_text(std::string_view bytes) {
  const auto offset = static_cast<std::uint32_t>(text.size());
  text.append(bytes);
  return offset;
}

std::uint32_t Tree::keep_xattrs(const std::string& packed) {
  if (packed.empty()) return none;
  const auto [at, added] =
      xattr_index_.try_emplace(packed, static_cast<std::uint32_t>(xattr_sets.size()));
  if (added) xattr_sets.push_back(packed);
  return at->second;
}

EntryId Tree::add(InodeId parent, std::string_view name, const Inode& inode) {
  const auto id = static_cast<InodeId>(inodes.size());
  inodes.push_back(inode);
  const bool directory = inode.is(S_IFDIR);
  inodes[id].links = directory ? 1 : 0;
  if (directory) ++inodes[parent].links;
  return add_link(parent, name, id);
}

EntryId Tree::add_link(InodeId parent, std::string_view name, InodeId inode) {
  const auto id = static_cast<EntryId>(entries.size());
  Entry entry;
  entry.text = keep_text(name);
  entry.length = static_cast<std::uint8_t>(name.size());
  entry.parent = parent;
  entry.inode = inode;
  entries.push_back(entry);
  ++inodes[inode].links;
  if (inodes[inode].name == none) inodes[inode].name = id;
  return id;
}

void Tree::remove(EntryId entry) {
  entries[entry].removed = true;
  Inode& inode = inodes[entries[entry].inode];
  --inode.links;
  if (inode.is(S_IFDIR)) --inodes[entries[entry].parent].links;
  if (inode.name != entry) return;
  inode.name = none;
  if (inode.links == 0) return;
  for (EntryId other = 0; other < entries.size() && inode.name == none; ++other)
    if (!entries[other].removed && entries[other].inode == entries[entry].inode) inode.name = other;
}

void Tree::set_target(Inode& link, std::string_view target) {
  link.detail = keep_text(target);
  link.size = target.size();
}

void Tree::set_content(Inode& file, Content::Where where, std::uint64_t base,
                       std::span<const Extent> ranges) {
  file.detail = static_cast<std::uint32_t>(contents.size());
  contents.push_back({where, base, extents.size(), ranges.size()});
  extents.insert(extents.end(), ranges.begin(), ranges.end());
}

EntryId Tree::find_sorted(InodeId parent, std::string_view name) const {
  const Inode& directory = inodes[parent];
  const auto begin = entries.begin() + directory.first;
  const auto end = begin + directory.count;
  const auto at = std::lower_bound(begin, end, name, [&](const Entry& entry, std::string_view key) {
    return std::string_view(text.data() + entry.text, entry.length) < key;
  });
  if (at == end || std::string_view(text.data() + at->text, at->length) != name || at->removed)
    return none;
  return static_cast<EntryId>(at - entries.begin());
}

EntryId Tree::find(InodeId parent, std::string_view name) const {
  if (const EntryId entry = find_sorted(parent, name); entry != none) return entry;
  for (; indexed_ < entries.size(); ++indexed_)
    index_.emplace(hash_name(entries[indexed_].parent, name_of(static_cast<EntryId>(indexed_))),
                   indexed_);
  const auto [begin, end] = index_.equal_range(hash_name(parent, name));
  for (auto at = begin; at != end; ++at) {
    const Entry& entry = entries[at->second];
    if (entry.parent == parent && !entry.removed && name_of(at->second) == name) return at->second;
  }
  return none;
}

// Brings the entries of each directory together, in the order of their directories' inodes.
void Tree::group_entries() {
  std::erase_if(entries, [](const Entry& entry) { return entry.removed; });
  const auto sorted = [](const Entry& a, const Entry& b) { return a.parent < b.parent; };
  if (!std::is_sorted(entries.begin(), entries.end(), sorted))
    std::stable_sort(entries.begin(), entries.end(), sorted);
}

void Tree::finish() {
  group_entries();
  const auto by_name = [this](const Entry& a, const Entry& b) {
    return std::string_view(text.data() + a.text, a.length) <
           std::string_view(text.data() + b.text, b.length);
  };
  for (Inode& inode : inodes) inode.first = inode.count = 0;
  for (std::size_t begin = 0; begin < entries.size();) {
    const InodeId parent = entries[begin].parent;
    std::size_t end = begin;
    while (end < entries.size() && entries[end].parent == parent) ++end;
    const auto from = entries.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto to = entries.begin() + static_cast<std::ptrdiff_t>(end);
    if (!std::is_sorted(from, to, by_name)) std::sort(from, to, by_name);
    inodes[parent].first = static_cast<std::uint32_t>(begin);
    inodes[parent].count = static_cast<std::uint32_t>(end - begin);
    begin = end;
  }
  for (Inode& inode : inodes) inode.name = none;
  for (EntryId id = 0; id < entries.size(); ++id)
    if (Inode& inode = inodes[entries[id].inode]; inode.name == none) inode.name = id;
  indexed_ = entries.size();
  index_.clear();
}

}  // namespace mkramdisk
