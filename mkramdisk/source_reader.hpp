// Reads the contents of the tree's files. One reader a thread.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// Where the bytes of a tree are.
struct Source {
  common::UniqueFd directory;  // not valid for sources whose files are all spooled
  std::string name;            // as the user gave it, for messages
  InodeId top = Tree::root;    // the inode that `directory` became
};

struct Sources {
  std::vector<Source> list;
  common::UniqueFd spool;  // bytes of archives; its name is gone, it goes with the descriptor

  // Path of a host file for messages: the source's name and the path below it.
  [[nodiscard]] std::string describe(const Tree& tree, InodeId inode) const;
};

// Opens a path below `directory` that may be longer than PATH_MAX, not following a symbolic link
// at its end. Returns the descriptor, or -1 with errno.
int open_below(int directory, const std::string& path, int flags);

class SourceReader {
 public:
  SourceReader(const Tree& tree, const Sources& sources) : tree_(tree), sources_(sources) {}

  // Reads file `inode` from byte `offset` on into `parts`, all of which must be in the file.
  // Fails (system) when the file cannot be read, is not the one that was scanned, or ends early.
  common::Status read(InodeId inode, std::uint64_t offset, std::span<iovec> parts);
  // Fails when the file read last has changed since it was scanned. read() does it by itself when
  // it goes on to another file.
  common::Status finish();

 private:
  common::Status open(InodeId inode);
  common::Status open_directory(InodeId directory, std::uint32_t source);

  const Tree& tree_;
  const Sources& sources_;
  common::UniqueFd file_;
  InodeId file_inode_ = none;
  common::UniqueFd directory_;
  InodeId directory_inode_ = none;
  std::uint32_t directory_source_ = none;
  bool keep_atime_ = true;  // O_NOATIME until the kernel refuses it once
};

}  // namespace mkramdisk
