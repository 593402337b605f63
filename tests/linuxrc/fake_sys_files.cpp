// FakeSys: calls on files. Mounts and devices are in fake_sys_devices.cpp.
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

// "name fd path".
std::string line(const char* name, int fd, const OpenFile* open) {
  return std::string(name) + " " + std::to_string(fd) + " " + (open == nullptr ? "" : open->path);
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
  if (const int failed = enter(Call::fchdir, line("fchdir", fd, file(fd))); failed < 0)
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

int FakeSys::keep_on_exec(int fd) {
  if (const int failed = enter(Call::fcntl, line("fcntl", fd, file(fd))); failed < 0) return failed;
  OpenFile* const open = file(fd);
  if (open == nullptr) return done(-EBADF);
  open->close_on_exec = false;
  return 0;
}

int FakeSys::close(int fd) {
  const int failed = enter(Call::close, line("close", fd, file(fd)));
  // Linux has released the descriptor whatever close(2) gives.
  const bool was_open = process().files.erase(fd) > 0;
  if (failed < 0) return failed;
  return done(was_open ? 0 : -EBADF);
}

ssize_t FakeSys::read(int fd, void* buffer, std::size_t size) {
  const int failed = enter(Call::read, line("read", fd, file(fd)));
  OpenFile* const open = file(fd);
  // A file of /proc that has been opened is there.
  if (failed == -at_end && (open == nullptr || open->place.node->fs != kernel_.proc)) return 0;
  if (failed < 0 && failed > -one_byte) return failed;
  if (open == nullptr) return done(-EBADF);
  if (S_ISDIR(open->place.node->mode)) return done(-EISDIR);
  const Node& node = *open->place.node;
  const Disk* const disk = S_ISREG(node.mode) ? nullptr : kernel_.disk(node.device);
  const std::string& text = node.generated != Generated::no ? open->text
                            : disk != nullptr               ? disk->head
                                                            : node.content;
  std::size_t length = text.size() - std::min(open->offset, text.size());
  length = std::min({length, size, failed == -one_byte ? 1 : size});
  std::memcpy(buffer, text.data() + open->offset, length);
  open->offset += length;
  return done(static_cast<int>(length));
}

ssize_t FakeSys::pread(int fd, void* buffer, std::size_t size, std::uint64_t offset) {
  const int failed = enter(Call::pread, line("pread", fd, file(fd)));
  const OpenFile* const open = file(fd);
  if (failed == -at_end) return 0;
  if (failed < 0 && failed != -one_byte) return failed;
  if (open == nullptr) return done(-EBADF);
  const Node& node = *open->place.node;
  const bool is_flash = S_ISCHR(node.mode) && major(node.device) == Kernel::mtd_major;
  const Disk* const disk = is_flash             ? flash_disk()
                           : S_ISBLK(node.mode) ? kernel_.disk(node.device)
                                                : nullptr;
  const std::string& text = disk != nullptr ? disk->head : node.content;
  // A blank disk is blank all over.
  if (disk != nullptr && offset >= text.size() && offset < disk->kib * 1024 &&
      text.find_first_not_of(text.back()) == std::string::npos) {
    const std::size_t blank =
        std::min<std::size_t>(size, static_cast<std::size_t>(disk->kib * 1024 - offset));
    std::memset(buffer, text.back(), blank);
    return done(static_cast<int>(blank));
  }
  if (offset >= text.size()) return done(0);
  const std::size_t length = std::min(
      {text.size() - static_cast<std::size_t>(offset), size, failed == -one_byte ? 1 : size});
  std::memcpy(buffer, text.data() + offset, length);
  return done(static_cast<int>(length));
}

int FakeSys::ftruncate(int fd, std::uint64_t bytes) {
  const int failed = enter(Call::ftruncate, line("ftruncate", fd, file(fd)));
  if (failed < 0) return failed;
  const OpenFile* const open = file(fd);
  if (open == nullptr || !open->writable) return done(-EINVAL);
  // Of what is as large as a RAM disk the zeros are not kept.
  constexpr std::uint64_t largest_kept = 65536;
  if (bytes <= largest_kept) open->place.node->content.resize(static_cast<std::size_t>(bytes));
  return 0;
}

int FakeSys::rewind(int fd) {
  if (const int failed = enter(Call::lseek, line("lseek", fd, file(fd))); failed < 0) return failed;
  OpenFile* const open = file(fd);
  if (open == nullptr) return done(-EBADF);
  open->offset = 0;
  open->text = kernel_.text_of(open->place.node->generated, process());
  return 0;
}

ssize_t FakeSys::write(int fd, const void* data, std::size_t size) {
  const int failed = enter(Call::write, line("write", fd, file(fd)));
  OpenFile* const open = file(fd);
  if (failed < 0 && failed != -one_byte) return failed;
  if (open == nullptr || !open->writable) return done(-EBADF);
  Node& node = *open->place.node;
  // A file of /proc or sysfs takes a write as a whole.
  const bool is_setting = node.fs == kernel_.proc || node.fs == kernel_.sysfs;
  if (failed == -one_byte && !is_setting) size = std::min<std::size_t>(size, 1);
  const std::string_view text{static_cast<const char*>(data), size};
  if (S_ISCHR(node.mode)) {
    if (node.device == makedev(5, 1)) say(text);
    if (node.device == makedev(1, 11)) kernel_log += text;
    if (node.device == makedev(10, 130)) ++kernel_.watchdog_fed;
  } else if (is_setting) {
    node.content = text;
  } else {
    if (node.content.size() < open->offset + size) node.content.resize(open->offset + size);
    node.content.replace(open->offset, size, text);
    open->offset += size;
  }
  return done(static_cast<int>(size));
}

int FakeSys::dup2(int fd, int wanted) {
  if (const int failed =
          enter(Call::dup2, line("dup2", fd, file(fd)) + " " + std::to_string(wanted));
      failed < 0)
    return failed;
  const OpenFile* const open = file(fd);
  if (open == nullptr) return done(-EBADF);
  if (fd == wanted) return done(wanted);
  OpenFile copy = *open;
  copy.close_on_exec = false;
  process().files[wanted] = copy;
  return done(wanted);
}

}  // namespace linuxrc::fake
