// Extended attributes of files of the host.
#pragma once

#include <string>

#include "common/error.hpp"

namespace mkramdisk {

// The attributes and ACLs of `path`, a symbolic link not followed, packed (see xattrs.hpp); empty
// where it has none or its file system knows none. `name` is for messages. Fails (system) where one
// cannot be read, (not_usable) where ext2 cannot hold one: none is lost without a word.
common::Result<std::string> read_xattrs(const std::string& path, const std::string& name);

}  // namespace mkramdisk
