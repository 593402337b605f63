// FakeSys: calls on paths. Those on open files are in fake_sys_open_files.cpp.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tests/linuxrc/errnos.hpp"
#include "tests/linuxrc/fake_sys.hpp"

namespace linuxrc::fake {

namespace {

// "name first", as a line of the trace.
std::string line(const char* name, const char* first) {
  return std::string(name) + " " + first;
}

}  // namespace

int FakeSys::chroot(const char* path) {
  if (const int failed = enter(Call::chroot, line("chroot", path)); failed < 0) return failed;
  Place place;
  if (const int result = kernel_.tree.walk(process().view, path, true, place); result < 0)
    return done(result);
  if (!S_ISDIR(place.node->mode)) return done(-ENOTDIR);
  process().view.root = place;
  return 0;
}

int FakeSys::chdir(const char* path) {
  if (const int failed = enter(Call::chdir, line("chdir", path)); failed < 0) return failed;
  Place place;
  if (const int result = kernel_.tree.walk(process().view, path, true, place); result < 0)
    return done(result);
  if (!S_ISDIR(place.node->mode)) return done(-ENOTDIR);
  process().view.current = place;
  return 0;
}

int FakeSys::fchdir(int fd) {
  if (const int failed = enter(Call::fchdir, line_of("fchdir", fd, file(fd))); failed < 0)
    return failed;
  const OpenFile* const open = file(fd);
  if (open == nullptr) return done(-EBADF);
  if (!S_ISDIR(open->place.node->mode)) return done(-ENOTDIR);
  process().view.current = open->place;
  return 0;
}

int FakeSys::make(Call call, const char* path, mode_t mode, dev_t device) {
  if (const int failed = enter(call, line(name_of(call), path)); failed < 0) return failed;
  Place folder;
  std::string name;
  const int result = kernel_.tree.walk_parent(process().view, path, folder, name);
  if (result < 0) return done(result);
  if (folder.node->children.contains(name)) return done(-EEXIST);
  if (folder.mount->read_only) return done(-EROFS);
  if (folder.mount->fs == kernel_.proc) return done(-ENOENT);
  kernel_.tree.make(*folder.node, name, mode).device = device;
  return 0;
}

int FakeSys::mkdir(const char* path, mode_t mode) {
  return make(Call::mkdir, path, S_IFDIR | mode, 0);
}

int FakeSys::mknod(const char* path, mode_t mode, dev_t device) {
  return make(Call::mknod, path, mode, device);
}

int FakeSys::remove(Call call, const char* path, bool folder_wanted) {
  if (const int failed = enter(call, line(name_of(call), path)); failed < 0) return failed;
  Place folder;
  std::string name;
  const int result = kernel_.tree.walk_parent(process().view, path, folder, name);
  if (result < 0) return done(result);
  const auto found = folder.node->children.find(name);
  if (found == folder.node->children.end()) return done(-ENOENT);
  const Node& node = *found->second;
  if (S_ISDIR(node.mode) != folder_wanted) return done(folder_wanted ? -ENOTDIR : -EISDIR);
  if (folder_wanted && !node.children.empty()) return done(-ENOTEMPTY);
  if (folder.mount->read_only) return done(-EROFS);
  if (kernel_.tree.top({folder.mount, found->second}).node != found->second) return done(-EBUSY);
  if (folder.mount->fs == kernel_.upper)
    kernel_.losses.push_back("wipe " + Tree::path_in_fs(node));
  else if (!folder_wanted && node.inode != 0 && S_ISREG(node.mode))
    kernel_.losses.push_back("delete " + name + " of " + folder.mount->fs->type);
  --found->second->names;
  folder.node->children.erase(found);
  return 0;
}

int FakeSys::symlink(const char* text, const char* path) {
  const int result = make(Call::symlink, path, S_IFLNK | 0777, 0);
  if (result < 0) return result;
  Place made;
  if (kernel_.tree.walk(process().view, path, false, made) == 0) made.node->content = text;
  return 0;
}

int FakeSys::unlink(const char* path) {
  return remove(Call::unlink, path, false);
}

int FakeSys::rmdir(const char* path) {
  return remove(Call::rmdir, path, true);
}

int FakeSys::stat_at(Call call, const char* path, bool follow, FileFacts& facts) {
  if (const int failed = enter(call, line(name_of(call), path)); failed < 0) return failed;
  Place place;
  const int result = kernel_.tree.walk(process().view, path, follow, place);
  if (result < 0) return done(result);
  const Node& node =
      place.node->generated == Generated::own_program ? *process().program.node : *place.node;
  facts.mode = node.mode;
  facts.device = node.fs->device;
  facts.node_device = node.device;
  facts.inode = node.inode;
  facts.size = node.content.size();
  return 0;
}

int FakeSys::stat(const char* path, FileFacts& facts) {
  return stat_at(Call::stat, path, true, facts);
}

int FakeSys::lstat(const char* path, FileFacts& facts) {
  return stat_at(Call::lstat, path, false, facts);
}

int FakeSys::statfs_type(const char* path, std::uint64_t& magic) {
  if (const int failed = enter(Call::statfs, line("statfs", path)); failed < 0) return failed;
  Place place;
  const int result = kernel_.tree.walk(process().view, path, true, place);
  if (result < 0) return done(result);
  magic = place.mount->fs->magic;
  return 0;
}

int FakeSys::readlink(const char* path, char* buffer, std::size_t size) {
  if (const int failed = enter(Call::readlink, line("readlink", path)); failed < 0) return failed;
  Place place;
  const int result = kernel_.tree.walk(process().view, path, false, place);
  if (result < 0) return done(result);
  if (!S_ISLNK(place.node->mode)) return done(-EINVAL);
  if (place.node->content.size() >= size) return done(-ENAMETOOLONG);
  std::memcpy(buffer, place.node->content.c_str(), place.node->content.size() + 1);
  return done(static_cast<int>(place.node->content.size()));
}

int FakeSys::list(const char* path, bool (*entry)(void*, const char*), void* context) {
  if (const int failed = enter(Call::getdents, line("getdents", path)); failed < 0) return failed;
  Place place;
  const int result = kernel_.tree.walk(process().view, path, true, place);
  if (result < 0) return done(result);
  if (!S_ISDIR(place.node->mode)) return done(-ENOTDIR);
  std::vector<std::string> names;
  for (const auto& [name, node] : place.node->children) names.push_back(name);
  for (const std::string& name : names)
    if (!entry(context, name.c_str())) break;
  return 0;
}

int FakeSys::open_found(const Place& place, int flags) {
  const Node& node =
      place.node->generated == Generated::own_program ? *process().program.node : *place.node;
  const bool writes = (flags & O_ACCMODE) != O_RDONLY;
  if ((flags & O_DIRECTORY) != 0 && !S_ISDIR(node.mode)) return -ENOTDIR;
  if (S_ISDIR(node.mode) && writes) return -EISDIR;
  if (S_ISCHR(node.mode) && !kernel_.has_character_device(node.device)) return -ENXIO;
  if (S_ISBLK(node.mode) && kernel_.disk(node.device) == nullptr) return -ENXIO;
  if (S_ISREG(node.mode) && writes && place.mount->read_only) return -EROFS;
  if (S_ISREG(node.mode) && writes && &node == process().program.node) return -ETXTBSY;
  OpenFile open;
  open.place = place;
  open.place.node = const_cast<Node*>(&node);
  if (node.generated != Generated::no) open.text = kernel_.text_of(node.generated, process());
  open.writable = writes;
  open.close_on_exec = true;
  int fd = 0;
  while (process().files.contains(fd)) ++fd;
  process().files.emplace(fd, open);
  return fd;
}

int FakeSys::open(const char* path, int flags, mode_t mode) {
  if (const int failed = enter(Call::open, line("open", path)); failed < 0) return failed;
  Place place;
  int result = kernel_.tree.walk(process().view, path, true, place);
  if (result == -ENOENT && (flags & O_CREAT) != 0) {
    Place folder;
    std::string name;
    result = kernel_.tree.walk_parent(process().view, path, folder, name);
    if (result < 0) return done(result);
    if (folder.mount->read_only) return done(-EROFS);
    place = {folder.mount, &kernel_.tree.make(*folder.node, name, S_IFREG | mode)};
  }
  if (result < 0) return done(result);
  const int fd = open_found(place, flags);
  if (fd >= 0) file(fd)->path = path;
  if (fd >= 0 && (flags & O_TRUNC) != 0) place.node->content.clear();
  return done(fd);
}

}  // namespace linuxrc::fake
