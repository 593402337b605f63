// FakeSys: the calls of FileSys that a copy needs.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tests/linuxrc/errnos.hpp"
#include "tests/linuxrc/fake_sys.hpp"

namespace linuxrc::fake {
namespace {

void take(const Node& node, FileDetails& details) {
  details.mode = node.mode;
  details.owner = node.owner;
  details.group = node.group;
  details.node_device = node.device;
  details.inode = node.inode;
  details.names = node.names;
  details.size = node.content.size();
  details.modified_s = node.modified_s;
}

}  // namespace

int FakeSys::find(Call call, const char* path, const char* detail, Place& found) {
  const std::string text =
      std::string(name_of(call)) + " " + detail + (*detail == '\0' ? "" : " ") + path;
  if (const int failed = enter(call, text); failed < 0) return failed;
  return done(kernel_.tree.walk(process().view, path, false, found));
}

int FakeSys::lstat_details(const char* path, FileDetails& details) {
  Place place;
  const int result = find(Call::lstat, path, "", place);
  if (result == 0) take(*place.node, details);
  return result;
}

int FakeSys::fstat_details(int fd, FileDetails& details) {
  const OpenFile* const open = file(fd);
  const int failed = enter(Call::fstat, "fstat " + (open == nullptr ? "" : open->path));
  if (failed < 0) return failed;
  if (open == nullptr) return done(-EBADF);
  take(*open->place.node, details);
  return 0;
}

int FakeSys::link(const char* from, const char* to) {
  Place place;
  int result = find(Call::link, from, to, place);
  if (result < 0) return result;
  Place folder;
  std::string name;
  result = kernel_.tree.walk_parent(process().view, to, folder, name);
  if (result < 0) return done(result);
  if (folder.node->children.contains(name)) return done(-EEXIST);
  if (folder.mount != place.mount) return done(-EXDEV);
  folder.node->children[name] = place.node;
  ++place.node->names;
  return 0;
}

int FakeSys::lchown(const char* path, uid_t owner, gid_t group) {
  Place place;
  const int result = find(Call::lchown, path, "", place);
  if (result < 0) return result;
  place.node->owner = owner;
  place.node->group = group;
  if (S_ISREG(place.node->mode)) place.node->mode &= ~static_cast<mode_t>(S_ISUID | S_ISGID);
  return 0;
}

int FakeSys::chmod(const char* path, mode_t mode) {
  Place place;
  const int result = find(Call::chmod, path, "", place);
  if (result == 0) place.node->mode = (place.node->mode & S_IFMT) | mode;
  return result;
}

int FakeSys::set_times(const char* path, std::int64_t seconds, std::int64_t) {
  Place place;
  const int result = find(Call::utimensat, path, "", place);
  if (result == 0) place.node->modified_s = seconds;
  return result;
}

ssize_t FakeSys::list_xattrs(const char* path, char* names, std::size_t size) {
  Place place;
  const int result = find(Call::llistxattr, path, "", place);
  if (result < 0) return result;
  std::string list;
  for (const auto& [name, value] : place.node->attributes) list += name + '\0';
  if (list.size() > size) return done(-ERANGE);
  std::memcpy(names, list.data(), list.size());
  return done(static_cast<int>(list.size()));
}

ssize_t FakeSys::get_xattr(const char* path, const char* name, void* value, std::size_t size) {
  Place place;
  const int result = find(Call::lgetxattr, path, name, place);
  if (result < 0) return result;
  const auto found = place.node->attributes.find(name);
  if (found == place.node->attributes.end()) return done(-ENODATA);
  if (found->second.size() > size) return done(-ERANGE);
  std::memcpy(value, found->second.data(), found->second.size());
  return done(static_cast<int>(found->second.size()));
}

int FakeSys::set_xattr(const char* path, const char* name, const void* value, std::size_t size) {
  Place place;
  const int result = find(Call::lsetxattr, path, name, place);
  if (result == 0)
    place.node->attributes[name] = std::string(static_cast<const char*>(value), size);
  return result;
}

ssize_t FakeSys::pwrite(int fd, const void* data, std::size_t size, std::uint64_t offset) {
  const OpenFile* const open = file(fd);
  const int failed = enter(Call::pwrite, "pwrite " + (open == nullptr ? "" : open->path));
  if (failed < 0 && failed != -one_byte) return failed;
  if (open == nullptr || !open->writable) return done(-EBADF);
  if (failed == -one_byte) size = std::min<std::size_t>(size, 1);
  std::string& content = open->place.node->content;
  const auto at = static_cast<std::size_t>(offset);
  if (content.size() < at + size) content.resize(at + size);
  content.replace(at, size, static_cast<const char*>(data), size);
  return done(static_cast<int>(size));
}

int FakeSys::sync_file_system(int fd) {
  const OpenFile* const open = file(fd);
  const int failed = enter(Call::syncfs, "syncfs " + (open == nullptr ? "" : open->path));
  if (failed < 0) return failed;
  return done(open == nullptr ? -EBADF : 0);
}

}  // namespace linuxrc::fake
