// From Linux 7.0 on the initramfs is mounted on an empty file system, nullfs, and no longer the
// bottom of all mounts: pivot_root(".", ".") puts the new root in its place, and then it is
// unmounted whole.
#pragma once

#include "linuxrc/execute.hpp"

namespace linuxrc {

// Sets facts.on_nullfs from /proc/self/mountinfo; what cannot be read, which is said, is taken for
// an older kernel.
void gather_nullfs(Log& log, Facts& facts);
// Not after a legacy /linuxrc: what that has left on top of / and nobody could take away would stay
// there, while a root that is moved over it covers all.
bool can_be_pivoted_away(const Facts& facts);

// True when `step`, a pivot_back, comes after pivot_root(".", ".").
bool lies_on_top(const Step& step);
// Then the way back: the initramfs is / again, and the new root mounted on step.source.
common::Status uncover_new_root(Machine& machine, const Step& step);

}  // namespace linuxrc
