// Which members become which files; unpack_file.cpp has their contents and attributes.
#include "linuxrc/unpack.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "linuxrc/archive_input.hpp"
#include "linuxrc/copy_tree.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

// The first of a file's names in a cpio archive is linked here, so that no list of them takes
// memory. It is empty again, and gone, at the end.
constexpr const char* names_folder = "/.linuxrc-names";

bool is_in_names_folder(const char* path) {
  const std::size_t length = std::strlen(names_folder);
  return std::strncmp(path, names_folder, length) == 0 &&
         (path[length] == '\0' || path[length] == '/');
}

Path name_of_file(const Member& member) {
  Path path;
  path.append("%s/%x-%x-%llx-%llx", names_folder, member.archive, member.mode & S_IFMT,
              static_cast<unsigned long long>(member.inode_device),
              static_cast<unsigned long long>(member.inode));
  return path;
}

// Of one listing of the folder.
struct Removal {
  Sys& sys;
  int result = 0;
  Path path{};  // that was removed last
};

bool remove_name(void* context, const char* name) {
  auto& removal = *static_cast<Removal*>(context);
  removal.path.clear();
  removal.path.append("%s/%s", names_folder, name);
  removal.result = removal.sys.unlink(removal.path.c_str());
  return removal.result >= 0;
}

}  // namespace

Unpacker::Unpacker(Machine& machine, std::uint64_t total_kib)
    : machine_(machine),
      files_(*machine.sys.files()),
      total_kib_(total_kib),
      progress_(machine.log) {}

Status Unpacker::failed(int result, const char* call, const char* other) const {
  if (result == -ENOSPC)
    return Error::of(Failure::does_not_fit, "unpack %.400s: No space left on device: %s", path_,
                     "the memory for the root is full");
  const char* const space = *other == '\0' ? "" : " ";
  return outcome(result, "unpack %.300s: %s%s%.200s", path_, call, space, other);
}

template <class Make>
int Unpacker::keeping_time_of_folder(const char* path, Make make) {
  static LongPath folder;
  const std::string_view whole(path);
  folder.clear();
  folder.append_text(whole.substr(0, std::max<std::size_t>(whole.rfind('/'), 1)));
  FileDetails before;
  int result = files_.lstat_details(folder.c_str(), before);
  if (result >= 0) result = make();
  if (result < 0) return result;
  const int set = files_.set_times(folder.c_str(), before.modified_s, before.modified_ns);
  return set < 0 ? set : result;
}

int Unpacker::make_folders_above(const char* path) {
  PathText folder;
  std::strncpy(folder.data(), path, folder.size() - 1);
  folder.back() = '\0';
  for (char* slash = std::strchr(folder.data() + 1, '/'); slash != nullptr;
       slash = std::strchr(slash + 1, '/')) {
    *slash = '\0';
    const int made = keeping_time_of_folder(
        folder.data(), [&] { return machine_.sys.mkdir(folder.data(), 0755); });
    if (made < 0 && made != -EEXIST) return made;
    *slash = '/';
  }
  return 0;
}

int Unpacker::remove(const char* path) {
  FileDetails found;
  const int result = files_.lstat_details(path, found);
  if (result < 0) return result;
  return S_ISDIR(found.mode) ? machine_.sys.rmdir(path) : machine_.sys.unlink(path);
}

template <class Make>
int Unpacker::make_anew(const char* path, Make make) {
  int result = keeping_time_of_folder(path, make);
  if (result == -ENOENT) {
    result = make_folders_above(path);
    if (result >= 0) result = keeping_time_of_folder(path, make);
  }
  if (result != -EEXIST) return result;
  return keeping_time_of_folder(path, [&] {
    const int removed = remove(path);
    if (removed == -ENOENT) return result;
    return removed < 0 ? removed : make();
  });
}

Status Unpacker::begin(const Member& member) {
  machine_.watchdog.feed();
  progress_.tell(bytes_, total_kib_ * 1024, "unpacked");
  member_ = member;
  path_ = *member.path == '\0' ? "/" : member.path;
  made_ = false;
  ++count_;
  if (is_in_names_folder(path_))
    return Error::of(Failure::not_usable, "unpack %.400s: the name is wanted for unpacking", path_);
  if (S_ISDIR(member.mode)) return make_folder();
  offset_ = 0;
  if (*member.path == '\0')
    return Error::of(Failure::corrupt, "unpack /: the archive's root is no directory");
  if (member.mode == 0) return link_to(member.link);
  bool linked = false;
  Status done = member.shared ? link_by_inode(member, linked) : Status(Done{});
  if (!done || linked) return done;
  done = S_ISREG(member.mode) ? make_file() : make_special(member);
  return done && member.shared ? remember_inode(member) : done;
}

// A symbolic link to a folder is none.
Status Unpacker::make_folder() {
  FileDetails found;
  const int result = files_.lstat_details(path_, found);
  const bool is_root = *member_.path == '\0';
  if (result < 0 && (result != -ENOENT || is_root)) return failed(result, "lstat");
  if (result >= 0 && S_ISDIR(found.mode)) return Done{};
  return failed(make_anew(path_, [&] { return machine_.sys.mkdir(path_, 0700); }), "mkdir");
}

Status Unpacker::make_special(const Member& member) {
  if (S_ISLNK(member.mode))
    return failed(make_anew(path_, [&] { return machine_.sys.symlink(member.link, path_); }),
                  "symlink");
  // Nobody else comes in before it has its own mode.
  return failed(
      make_anew(
          path_,
          [&] { return machine_.sys.mknod(path_, (member.mode & S_IFMT) | 0600, member.device); }),
      "mknod");
}

// Attributes are those of the first name, which came before.
Status Unpacker::link_to(const char* other) {
  made_ = true;
  if (std::strcmp(other, path_) == 0) return Done{};
  FileDetails found;
  const int there = files_.lstat_details(other, found);
  if (there == -ENOENT || (there >= 0 && S_ISDIR(found.mode)))
    return Error::of(Failure::corrupt, "unpack %.300s: link %.300s: No such file or directory%s",
                     path_, other, " before it");
  if (there < 0) return failed(there, "lstat", other);
  return failed(make_anew(path_, [&] { return files_.link(other, path_); }), "link", other);
}

Status Unpacker::make_file() {
  return failed(make_anew(path_,
                          [&] {
                            output_ = machine_.sys.open(
                                path_, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
                            return output_;
                          }),
                "open");
}

// `done` when the file is there by another name, which the archive had before.
Status Unpacker::link_by_inode(const Member& member, bool& done) {
  const Path name = name_of_file(member);
  FileDetails found;
  int result = has_names_folder_ ? files_.lstat_details(name.c_str(), found) : -ENOENT;
  if (result == -ENOENT) return Done{};
  if (result < 0) return failed(result, "lstat", name.c_str());
  done = true;
  result = make_anew(path_, [&] { return files_.link(name.c_str(), path_); });
  if (result < 0 || member.size == 0) return failed(result, "link", name.c_str());
  // The contents come with any of the names.
  output_ = machine_.sys.open(path_, O_WRONLY | O_TRUNC | O_NOFOLLOW, 0);
  return failed(output_, "open");
}

Status Unpacker::remember_inode(const Member& member) {
  if (!has_names_folder_) {
    const int made = keeping_time_of_folder(names_folder,
                                            [&] { return machine_.sys.mkdir(names_folder, 0700); });
    if (made < 0) return failed(made, "mkdir", names_folder);
    has_names_folder_ = true;
  }
  return failed(files_.link(path_, name_of_file(member).c_str()), "link");
}

Status Unpacker::finish() {
  path_ = names_folder;
  if (has_names_folder_) {
    Removal removal{machine_.sys};
    int result = machine_.sys.list(names_folder, remove_name, &removal);
    if (removal.result < 0) return failed(removal.result, "unlink", removal.path.c_str());
    if (result >= 0)
      result =
          keeping_time_of_folder(names_folder, [&] { return machine_.sys.rmdir(names_folder); });
    if (result < 0) return failed(result, "remove");
  }
  if (left_out_ != 0)
    machine_.log.warn(
        "%llu extended attributes that this tmpfs does not keep are left out, going on", left_out_);
  machine_.log.say("%llu files unpacked", count_);
  return Done{};
}

}  // namespace linuxrc
