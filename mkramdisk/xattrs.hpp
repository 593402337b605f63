// Extended attributes and ACLs: a set of them as a value, and the block that holds it in ext2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"

namespace mkramdisk {

struct Xattr {
  std::string name;   // with its prefix, as getxattr(2) takes it: "user.note"
  std::string value;  // as getxattr(2) gives it
};

// The set as the tree keeps it: one string, equal for equal sets, whatever their order. Empty for
// no attributes. Fails (not_usable), with the reason alone, on a name or an ACL that ext2 has no
// form for.
common::Result<std::string> pack_xattrs(std::vector<Xattr> attributes);

// Whether a packed set fits a block of `block_size` bytes.
bool xattrs_fit(std::string_view packed, std::size_t block_size);

// Fills `out`, one block, with the packed set, which `inodes` inodes share.
void write_xattr_block(std::string_view packed, std::uint32_t inodes, std::span<std::byte> out);

// How many inodes may share a block (EXT2_XATTR_REFCOUNT_MAX in the kernel's fs/ext2/xattr.h).
inline constexpr std::uint32_t most_sharing = 1024;

// An ACL as getxattr(2) gives it for system.posix_acl_access: a version and entries of 8 bytes.
struct AclEntry {
  std::uint16_t tag = 0;  // ACL_USER_OBJ 1, ACL_USER 2, ... (linux/posix_acl.h)
  std::uint16_t permissions = 0;
  std::uint32_t id = UINT32_MAX;
};
std::string acl_value(std::span<const AclEntry> entries);

}  // namespace mkramdisk
