// Which names stay out of the image.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// Shell patterns as in fnmatch(3). One without a slash is matched against every name, one with a
// slash against the whole path in the image; what is below an excluded directory goes with it. A
// `*` matches slashes too.
using Excludes = std::vector<std::string>;

bool excluded(const Excludes& patterns, std::string_view path);

// Takes excluded names out of a finished tree, which is finished again.
void remove_excluded(const Excludes& patterns, Tree& tree);

}  // namespace mkramdisk
