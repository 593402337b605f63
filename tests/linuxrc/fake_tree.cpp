#include "tests/linuxrc/fake_tree.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace linuxrc::fake {
namespace {

constexpr int most_links = 8;

// Takes the next component off `path`; "" when none is left.
std::string_view take_component(std::string_view& path) {
  const auto begin = path.find_first_not_of('/');
  if (begin == std::string_view::npos) {
    path = {};
    return {};
  }
  path.remove_prefix(begin);
  const auto name = path.substr(0, path.find('/'));
  path.remove_prefix(name.size());
  return name;
}

bool is_last(std::string_view rest) {
  return rest.find_first_not_of('/') == std::string_view::npos;
}

}  // namespace

FileSystem& Tree::make_fs(std::string_view type, dev_t device, std::uint64_t magic) {
  FileSystem& fs = file_systems_.emplace_back();
  fs.type = type;
  fs.device = device;
  fs.magic = magic;
  Node& root = nodes_.emplace_back();
  root.mode = S_IFDIR | 0755;
  root.inode = nodes_.size();
  root.fs = &fs;
  root.parent = &root;
  fs.root = &root;
  return fs;
}

Node& Tree::make(Node& folder, const std::string& name, mode_t mode) {
  Node& node = nodes_.emplace_back();
  node.mode = mode;
  node.inode = nodes_.size();
  node.fs = folder.fs;
  node.parent = &folder;
  folder.children[name] = &node;
  return node;
}

Node& Tree::put(FileSystem& fs, std::string_view path, mode_t mode, std::string_view content) {
  Node* at = fs.root;
  for (auto name = take_component(path); !name.empty(); name = take_component(path)) {
    const auto child = at->children.find(name);
    at =
        child != at->children.end() ? child->second : &make(*at, std::string(name), S_IFDIR | 0755);
  }
  at->mode = mode;
  at->content = content;
  return *at;
}

Node* Tree::find(const FileSystem& fs, std::string_view path) {
  Node* at = fs.root;
  for (auto name = take_component(path); !name.empty(); name = take_component(path)) {
    const auto child = at->children.find(name);
    if (child == at->children.end()) return nullptr;
    at = child->second;
  }
  return at;
}

Mount* Tree::mounted_at(const Place& place) const {
  for (const Mount& mount : mounts_)
    if (mount.attached && mount.parent == place.mount && mount.point == place.node)
      return const_cast<Mount*>(&mount);
  return nullptr;
}

Place Tree::top(Place place) const {
  while (Mount* const mount = mounted_at(place)) place = {mount, mount->root};
  return place;
}

// follow_dotdot() of fs/namei.c: from / it comes to what covers that.
Place Tree::up(const View& view, Place place) const {
  for (;;) {
    if (place == view.root) return top(place);
    if (place.node != place.mount->root) return top({place.mount, place.node->parent});
    if (place.mount->parent == nullptr) return top(place);
    place = {place.mount->parent, place.mount->point};
  }
}

int Tree::step(const View& view, Place& at, std::string_view name, bool follow, int& links) const {
  if (!S_ISDIR(at.node->mode)) return -ENOTDIR;
  if (name == ".") return 0;
  if (name == "..") {
    at = up(view, at);
    return 0;
  }
  if (name.size() > 255) return -ENAMETOOLONG;
  const auto child = at.node->children.find(name);
  if (child == at.node->children.end()) return -ENOENT;
  if (S_ISLNK(child->second->mode) && follow) {
    if (++links > most_links) return -ELOOP;
    return walk_from(view, at, child->second->content, true, links, at);
  }
  at = top({at.mount, child->second});
  return 0;
}

int Tree::walk_from(const View& view, Place at, std::string_view path, bool follow_last, int& links,
                    Place& found) const {
  if (path.empty()) return -ENOENT;
  if (path.size() > 4095) return -ENAMETOOLONG;
  if (path.front() == '/') at = view.root;
  const bool wants_folder = path.back() == '/';
  for (auto name = take_component(path); !name.empty(); name = take_component(path)) {
    const int result = step(view, at, name, follow_last || !is_last(path), links);
    if (result < 0) return result;
  }
  if (wants_folder && !S_ISDIR(at.node->mode)) return -ENOTDIR;
  found = at;
  return 0;
}

int Tree::walk(const View& view, std::string_view path, bool follow_last, Place& found) const {
  int links = 0;
  return walk_from(view, view.current, path, follow_last, links, found);
}

int Tree::walk_parent(const View& view, std::string_view path, Place& folder,
                      std::string& name) const {
  if (path.empty()) return -ENOENT;
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const auto slash = path.rfind('/');
  name = path.substr(slash == std::string_view::npos ? 0 : slash + 1);
  if (name.empty() || name == "." || name == "..") return -EEXIST;
  int links = 0;
  const std::string_view above = slash == std::string_view::npos ? "."
                                 : slash == 0                    ? "/"
                                                                 : path.substr(0, slash);
  const int result = walk_from(view, view.current, above, true, links, folder);
  if (result < 0) return result;
  return S_ISDIR(folder.node->mode) ? 0 : -ENOTDIR;
}

std::string Tree::path_in_fs(const Node& node) {
  std::string path;
  for (const Node* at = &node; at != at->parent; at = at->parent)
    for (const auto& [name, child] : at->parent->children)
      if (child == at) path.insert(0, "/" + name);
  return path;
}

Mount& Tree::mount_bottom(FileSystem& fs) {
  Mount& mount = mounts_.emplace_back();
  mount.fs = &fs;
  mount.root = fs.root;
  mount.source = fs.type;
  mount.attached = true;
  return mount;
}

Mount& Tree::attach(FileSystem& fs, Node& root, const Place& where, std::string_view source) {
  const Place covered = top(where);
  Mount& mount = mounts_.emplace_back();
  mount.fs = &fs;
  mount.root = &root;
  mount.source = source;
  mount.parent = covered.mount;
  mount.point = covered.node;
  mount.attached = true;
  return mount;
}

bool Tree::is_below(const Mount& mount, const Mount& above) {
  for (const Mount* at = &mount; at != nullptr; at = at->parent)
    if (at == &above) return true;
  return false;
}

// do_move_mount() of fs/namespace.c.
int Tree::move(const Place& from, const Place& to) {
  const Place target = top(to);
  if (from.node != from.mount->root || from.mount->parent == nullptr) return -EINVAL;
  if (S_ISDIR(from.node->mode) != S_ISDIR(target.node->mode)) return -EINVAL;
  if (is_below(*target.mount, *from.mount)) return -ELOOP;
  from.mount->parent = target.mount;
  from.mount->point = target.node;
  return 0;
}

bool Tree::has_children(const Mount& mount) const {
  return std::any_of(mounts_.begin(), mounts_.end(),
                     [&](const Mount& other) { return other.attached && other.parent == &mount; });
}

void Tree::detach_tree(Mount& mount) {
  for (Mount& other : mounts_)
    if (other.attached && other.parent == &mount) detach_tree(other);
  mount.attached = false;
  mount.parent = nullptr;
  mount.point = nullptr;
}

int Tree::pivot(const View& view, const Place& new_root, const Place& put_old) {
  Mount* const old_mount = view.root.mount;
  Mount* const new_mount = new_root.mount;
  if (new_mount == old_mount || put_old.mount == old_mount) return -EBUSY;
  if (view.root.node != old_mount->root || old_mount->parent == nullptr) return -EINVAL;
  if (new_root.node != new_mount->root || new_mount->parent == nullptr) return -EINVAL;
  if (!is_below(*put_old.mount, *new_mount)) return -EINVAL;
  new_mount->parent = old_mount->parent;
  new_mount->point = old_mount->point;
  old_mount->parent = put_old.mount;
  old_mount->point = put_old.node;
  return 0;
}

std::string Tree::number_of(const Mount& mount) const {
  const auto at = std::find_if(mounts_.begin(), mounts_.end(),
                               [&](const Mount& each) { return &each == &mount; });
  return std::to_string(at - mounts_.begin() + 1);
}

std::string Tree::path_of(const Mount& mount, const Place& root) {
  std::string path;
  for (const Mount* at = &mount; at != root.mount; at = at->parent) {
    if (at->parent == nullptr) return "";
    for (const Node* node = at->point; node != at->parent->root; node = node->parent)
      for (const auto& [name, child] : node->parent->children)
        if (child == node) path.insert(0, "/" + name);
  }
  return path.empty() ? "/" : path;
}

}  // namespace linuxrc::fake
