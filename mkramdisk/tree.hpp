// What goes into the image, before anything is known about blocks: inodes and the names that lead
// to them. Every source (directory, archive, device table) adds to one Tree.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/error.hpp"

namespace mkramdisk {

using InodeId = std::uint32_t;  // index into Tree::inodes
using EntryId = std::uint32_t;  // index into Tree::entries
inline constexpr std::uint32_t none = UINT32_MAX;

// One inode, however many names it has. Kept small: a tree may hold millions.
struct Inode {
  std::uint64_t size = 0;      // bytes: length of a file, or of a symbolic link's target
  std::int64_t mtime = 0;      // seconds since 1970
  std::uint32_t mtime_ns = 0;  // only to see that a source file changed; never stored
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t mode = 0;   // file type and permissions, as in st_mode
  std::uint32_t links = 0;  // names; a directory counts 2 and one for each subdirectory
  std::uint32_t major = 0;  // device nodes
  std::uint32_t minor = 0;
  std::uint32_t detail = none;  // regular file: index into contents, or none (a dense host file);
                                // symbolic link: offset of its target in text
  std::uint32_t xattrs = none;  // index into xattr_sets
  EntryId name = none;          // the entry it was first found by; none for the root
  EntryId first = 0;            // directory, once finished: its entries are the `count` from here
  std::uint32_t count = 0;
  std::uint32_t source = 0;  // which source its bytes come from

  [[nodiscard]] bool is(std::uint32_t type) const { return (mode & S_IFMT) == type; }
};

struct Entry {
  std::uint32_t text = 0;  // offset of the name in Tree::text
  InodeId parent = none;
  InodeId inode = none;
  std::uint8_t length = 0;  // bytes
  bool removed = false;     // a later source put something else in its place
};

// A byte range that holds data; what lies between ranges is a hole.
struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// Where a file's bytes are when it is not simply a dense host file.
struct Content {
  enum class Where {
    host,    // the host file, by its path
    spool,   // the spool file, from byte `base` on
    placed,  // in the image already, from block `base` of its stream on
  };
  Where where = Where::host;
  std::uint64_t base = 0;
  std::size_t first = 0;  // its extents are the `count` from here in Tree::extents
  std::size_t count = 0;
};

struct Tree {
  std::vector<Inode> inodes;  // inodes[0] is the root directory
  std::vector<Entry> entries;
  std::string text;  // names and link targets
  std::vector<Content> contents;
  std::vector<Extent> extents;
  std::vector<std::string> xattr_sets;

  static constexpr InodeId root = 0;
  static constexpr std::size_t longest_name = 255;  // bytes, EXT2_NAME_LEN

  Tree();

  [[nodiscard]] std::string_view name_of(EntryId entry) const {
    return {text.data() + entries[entry].text, entries[entry].length};
  }
  [[nodiscard]] std::string_view target_of(const Inode& link) const {
    return {text.data() + link.detail, link.size};
  }
  // Path of an inode below directory `top`, without a leading slash; empty for `top` itself.
  [[nodiscard]] std::string path_of(InodeId inode, InodeId top = root) const;

  // Adds a new inode under a name that `parent` does not have yet.
  EntryId add(InodeId parent, std::string_view name, const Inode& inode);
  // Adds one more name for an inode that is there.
  EntryId add_link(InodeId parent, std::string_view name, InodeId inode);
  // Takes a name away; the inode goes with its last name.
  void remove(EntryId entry);
  // Keeps `target` as the target of `link`.
  void set_target(Inode& link, std::string_view target);
  // Notes where a file's bytes are: `ranges` sorted, not touching.
  void set_content(Inode& file, Content::Where where, std::uint64_t base,
                   std::span<const Extent> ranges);
  // Where a file's bytes are.
  [[nodiscard]] Content::Where where(const Inode& file) const {
    return file.detail == none ? Content::Where::host : contents[file.detail].where;
  }

  // The entry `name` in directory `parent`, or none. Works at any time.
  [[nodiscard]] EntryId find(InodeId parent, std::string_view name) const;

  // Sorts each directory by the bytes of its names and makes its entries contiguous. To be called
  // after the last change, and needed before entries_of.
  void finish();
  [[nodiscard]] std::span<const Entry> entries_of(const Inode& directory) const {
    return {entries.data() + directory.first, directory.count};
  }

  // The index in xattr_sets of a packed set (see xattrs.hpp), which is kept once; none when empty.
  std::uint32_t keep_xattrs(const std::string& packed);

  // Text appended to the arena; its offset. Fails softly: text beyond 4 GiB is refused by sources.
  std::uint32_t keep_text(std::string_view bytes);

 private:
  std::unordered_map<std::string, std::uint32_t> xattr_index_;
  // Names added since finish(), by a hash of parent and name; built on the first find().
  mutable std::unordered_multimap<std::uint64_t, EntryId> index_;
  mutable std::size_t indexed_ = 0;  // entries before this are in index_ or sorted

  [[nodiscard]] EntryId find_sorted(InodeId parent, std::string_view name) const;
  void group_entries();
};

}  // namespace mkramdisk
