// Archives that can be a root: tar (ustar, pax, GNU) and cpio (newc), read from front to back. No
// file is touched here: whoever unpacks is a MemberSink.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string_view>

#include "common/error.hpp"

namespace linuxrc {

// An archive's bytes, decompressed.
class ByteSource {
 public:
  // Fills `room` unless they end before; how many there were.
  virtual common::Result<std::size_t> read(std::span<char> room) = 0;

 protected:
  ~ByteSource() = default;  // nobody owns one through this interface
};

// One file of an archive. Texts live until the next member.
struct Member {
  const char* path = "";  // "" for the root, else "/bin/sh": no ".." and no empty part in it
  mode_t mode = 0;        // with the kind of file; 0 for another name of the file `link`
  uid_t owner = 0;
  gid_t group = 0;
  dev_t device = 0;  // that a device node names
  std::int64_t modified_s = 0;
  std::int64_t modified_ns = 0;
  std::uint64_t size = 0;     // bytes of a regular file
  const char* link = "";      // of a symbolic link what it says; of another name, a path as above
  std::string_view extras{};  // pax records, for next_xattr()
  // In a cpio archive, shared members of one kind, number, device and archive (of those in a row)
  // are names of one file. Any number will do, 0 as well.
  bool shared = false;
  std::uint64_t inode = 0;
  std::uint64_t inode_device = 0;
  std::uint32_t archive = 0;
};

// What is done with the members. An error ends it.
class MemberSink {
 public:
  virtual common::Status begin(const Member& member) = 0;
  // A regular file's contents, piece by piece; then end(), even where it has none.
  virtual common::Status data(std::span<const char> bytes) = 0;
  virtual common::Status end() = 0;

 protected:
  ~MemberSink() = default;  // nobody owns one through this interface
};

enum class ArchiveFormat { none, tar, cpio };
constexpr std::size_t archive_window = 512;
// By its first bytes, archive_window of them or fewer. A tar archive is one by its "ustar" and its
// checksum: what has those in its first sector is no file system.
ArchiveFormat identify_archive(std::span<const char> head);

// Gives every member to `sink`. `head` are bytes that have been read from `bytes` already, at most
// archive_window; `name` is for messages. Errors: corrupt (damaged, cut short, a path with ".."),
// not_usable (a kind of member that cannot be kept, as sparse files), those of `bytes` and `sink`.
common::Status read_archive(ByteSource& bytes, std::span<const char> head, const char* name,
                            MemberSink& sink);

// Takes the next extended attribute off a member's `extras`. False when there is none left.
bool next_xattr(std::string_view& extras, std::string_view& name, std::string_view& value);

}  // namespace linuxrc
