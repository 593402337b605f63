// Sources and device tables into one tree, in the order of the command line.
#pragma once

#include <functional>

#include "common/error.hpp"
#include "mkramdisk/content_store.hpp"
#include "mkramdisk/options.hpp"
#include "mkramdisk/source_reader.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// Fills `tree` and `sources`, and finishes the tree. `input` is the descriptor of the source "-".
// `streaming` makes the store of archives' bytes when the first archive comes; where it is empty
// they wait in a spool, as those of old images always do.
using StoreMaker = std::function<common::Result<ContentStore*>()>;
common::Status gather(const Options& options, int input, const StoreMaker& streaming, Tree& tree,
                      Sources& sources);

}  // namespace mkramdisk
