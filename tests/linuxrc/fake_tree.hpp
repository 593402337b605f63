// A small model of Linux's files and mounts for FakeSys: inodes, file systems, a mount table, and
// path resolution with a process's root and current directory, as fs/namei.c and fs/namespace.c
// do it. What covers "/" is seen through "..", as there; permissions and owners are left out.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace linuxrc::fake {

struct FileSystem;

// Files of /proc, whose text is made when they are opened.
enum class Generated {
  no,
  cmdline,
  filesystems,
  mounts,
  mountinfo,
  modules,
  devices,
  partitions,
  meminfo,
  zoneinfo,
  own_program
};

struct Node {
  mode_t mode = 0;
  dev_t device = 0;     // of a device node
  std::string content;  // of a file; the target of a symbolic link
  Generated generated = Generated::no;
  ino_t inode = 0;
  FileSystem* fs = nullptr;
  Node* parent = nullptr;
  std::map<std::string, Node*, std::less<>> children;
  uid_t owner = 0;
  gid_t group = 0;
  unsigned names = 1;
  std::int64_t modified_s = 0;
  std::map<std::string, std::string> attributes{};  // extended ones
};

struct FileSystem {
  std::string type;
  std::uint64_t magic = 0;
  dev_t device = 0;
  bool read_only = false;  // mounting it read-write gives EACCES, as on a write-protected device
  Node* root = nullptr;
};

struct Mount {
  FileSystem* fs = nullptr;
  Node* root = nullptr;
  Mount* parent = nullptr;  // nullptr: the bottom of all, or detached
  Node* point = nullptr;    // of the parent, what this mount covers
  std::string source;
  bool read_only = false;
  bool attached = false;
  bool held = false;  // some other process lives there
};

struct Place {
  Mount* mount = nullptr;
  Node* node = nullptr;
  bool operator==(const Place&) const = default;
};

// From where a path is looked up.
struct View {
  Place root;
  Place current;
};

class Tree {
 public:
  FileSystem& make_fs(std::string_view type, dev_t device, std::uint64_t magic);
  // Makes `path` below the root of `fs`, with its folders; an existing node is changed.
  Node& put(FileSystem& fs, std::string_view path, mode_t mode, std::string_view content = {});
  Node& make(Node& folder, const std::string& name, mode_t mode);
  // As overlayfs: what `from` holds goes into `into`, or hides what was there.
  void merge(const Node& from, Node& into);
  // What `path` names in `fs` without regard to links and mounts, or nullptr.
  static Node* find(const FileSystem& fs, std::string_view path);

  // The functions below give 0 or -errno.
  int walk(const View& view, std::string_view path, bool follow_last, Place& found) const;
  // The folder that holds, or would hold, the last component.
  int walk_parent(const View& view, std::string_view path, Place& folder, std::string& name) const;

  // "/etc/passwd", from the root of its file system.
  static std::string path_in_fs(const Node& node);

  Mount& mount_bottom(FileSystem& fs);
  Mount& attach(FileSystem& fs, Node& root, const Place& where, std::string_view source);
  int move(const Place& from, const Place& to);
  void detach_tree(Mount& mount);
  // The two mounts change places as pivot_root(2) has it; the caller moves the processes.
  int pivot(const View& view, const Place& new_root, const Place& put_old);

  [[nodiscard]] Place top(Place place) const;
  [[nodiscard]] bool has_children(const Mount& mount) const;
  // True when `mount` is `above` or lies somewhere below it.
  [[nodiscard]] static bool is_below(const Mount& mount, const Mount& above);
  // As /proc/mounts shows it to a process with this root; "" when it is not reachable from there.
  [[nodiscard]] static std::string path_of(const Mount& mount, const Place& root);
  // What /proc/self/mountinfo calls it.
  [[nodiscard]] std::string number_of(const Mount& mount) const;
  [[nodiscard]] const std::deque<Mount>& mounts() const { return mounts_; }
  [[nodiscard]] std::deque<Mount>& mounts() { return mounts_; }

 private:
  [[nodiscard]] Mount* mounted_at(const Place& place) const;
  [[nodiscard]] Place up(const View& view, Place place) const;
  int step(const View& view, Place& at, std::string_view name, bool follow, int& links) const;
  int walk_from(const View& view, Place at, std::string_view path, bool follow_last, int& links,
                Place& found) const;

  std::deque<Node> nodes_;
  std::deque<FileSystem> file_systems_;
  std::deque<Mount> mounts_;
};

}  // namespace linuxrc::fake
