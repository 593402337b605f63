// The plan in words, for --dry-run.
#pragma once

#include <ostream>

#include "mkramdisk/layout.hpp"
#include "mkramdisk/size_plan.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

void print_plan(const Tree& tree, const Layout& layout, const SizePlan& size, const Needs& needs,
                std::ostream& out);

}  // namespace mkramdisk
