// Tar and cpio archives as a source, in any compression that images come in.
#pragma once

#include "common/error.hpp"
#include "mkramdisk/archive_members.hpp"

namespace mkramdisk {

// Adds the members of what `fd` reads to the target: of one archive
// or, as in an initramfs, of several one after the other, each compressed in its own way or not at
// all, with zeros between them. What
// is there from before is replaced, except that directories merge. Fails with
//   not_usable  not an archive; bytes behind it that are none; a hostile member
//   (archive_members.hpp) corrupt     an archive that is damaged or ends early system      reading
//   failed
common::Status add_archive(int fd, const ArchiveTarget& target);

}  // namespace mkramdisk
