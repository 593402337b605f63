// A UUID made from the plan, so that the same input gives the same image.
#pragma once

#include "mkramdisk/geometry.hpp"
#include "mkramdisk/layout.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// From every name, type, mode, owner, stored time, size, link target and place; not from the
// contents of files, which are read later. A UUID of version 8 (RFC 9562). No cryptography: two
// trees that differ only in contents have the same one.
Uuid make_uuid(const Tree& tree, const Layout& layout);

}  // namespace mkramdisk
