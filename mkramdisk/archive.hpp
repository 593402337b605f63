// Tar and cpio archives as a source, in any compression that libarchive reads.
#pragma once

#include <string>

#include "common/error.hpp"
#include "mkramdisk/spool.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// Adds the members of the archive that `fd` reads to directory `top`, their bytes to the spool.
// `name` is for messages; `source` is the number of the source. What is there from earlier sources
// is replaced, except that directories merge. Fails with
//   not_usable  not an archive; or a member that is absolute, has "..", goes through something that
//               is no directory, is there twice, or cannot be in ext2: named, never followed
//   corrupt     an archive that is damaged or ends early
//   system      reading failed
common::Status add_archive(int fd, const std::string& name, InodeId top, std::uint32_t source,
                           Tree& tree, Spool& spool);

}  // namespace mkramdisk
