// Sources and device tables into one tree, in the order of the command line.
#pragma once

#include "common/error.hpp"
#include "mkramdisk/options.hpp"
#include "mkramdisk/source_reader.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// Fills `tree` and `sources`, and finishes the tree. `input` is the descriptor of the source "-".
common::Status gather(const Options& options, int input, Tree& tree, Sources& sources);

}  // namespace mkramdisk
