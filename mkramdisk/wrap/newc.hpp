// A cpio archive in the form that the kernel unpacks ("newc"), in memory. The format:
// Documentation/driver-api/early-userspace/buffer-format.rst of the kernel's sources.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace mkramdisk::wrap {

// Writes members one after the other. Owners are 0:0, times 0, and inode numbers count from 1, so
// that the same members give the same bytes.
class Newc {
 public:
  // The largest file that a member can be, in bytes.
  static constexpr std::uint64_t most_bytes = UINT32_MAX;

  explicit Newc(std::vector<std::byte>& out) : out_(out) {}
  // Goes on with an archive that was begun in other memory.
  Newc(std::vector<std::byte>& out, const Newc& begun) : out_(out), inode_(begun.inode_) {}

  // `mode` are the permissions. Names are relative: "lib/linuxrc".
  void folder(std::string_view name);
  void file(std::string_view name, unsigned mode, std::span<const std::byte> data);
  // The header of a file whose `size` bytes somebody else writes; then end_of_file() pads them.
  void begin_file(std::string_view name, unsigned mode, std::uint64_t size);
  void end_of_file(std::uint64_t size);
  void end();

 private:
  void header(std::string_view name, unsigned mode, unsigned links, std::uint64_t size);
  void pad(std::uint64_t length);

  std::vector<std::byte>& out_;
  std::uint32_t inode_ = 0;
};

}  // namespace mkramdisk::wrap
