// OpenWrt's extroot: an upper on another disk, which remembers the root that it was made for. Pure:
// the caller reads what is looked at here.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "common/text.hpp"

namespace linuxrc {

// How root= writes a device, or how linuxrc.overlay= does.
using ExtrootName = common::Text<128>;

// Which disk the text of /etc/config/fstab wants mounted on /overlay: of the section `mount` with
// that target the uuid, else the label, else the device, with its fstype. Empty when there is none,
// or it is switched off.
ExtrootName extroot_of_fstab(std::string_view fstab);

// How OpenWrt names a root of which `head` are the first bytes: the file system's UUID; of a
// squashfs, which has none, four bytes of its superblock's MD5. Empty when it is neither.
using RootUuid = common::Text<40>;
RootUuid root_uuid(std::span<const std::byte> head);

}  // namespace linuxrc
