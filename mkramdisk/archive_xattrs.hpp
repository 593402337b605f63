// Extended attributes and ACLs of an archive's members.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <cstdint>
#include <string>

#include "common/error.hpp"

namespace mkramdisk {

// What `entry` has of them, packed (see xattrs.hpp); empty for none. Fails (not_usable), with the
// reason alone, where ext2 cannot hold it, or an ACL names users that the archive gives no numbers.
common::Result<std::string> archive_xattrs(struct archive_entry* entry);

// The member's mode as stat(2) gives it: where there is an ACL, libarchive has the owning group's
// permissions in it, and not those of the mask.
std::uint32_t archive_mode(struct archive_entry* entry);

}  // namespace mkramdisk
