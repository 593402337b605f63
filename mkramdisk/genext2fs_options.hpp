// The command line of genext2fs 1.5, so that genimage, Buildroot and scripts take mkramdisk in its
// place when it is called by that name.
#pragma once

#include <optional>
#include <ostream>
#include <span>
#include <string>

#include "common/error.hpp"
#include "mkramdisk/options.hpp"

namespace mkramdisk {

// True when the program was called as genext2fs, whatever the folder.
bool called_as_genext2fs(std::string_view program);

// As parse_options. genext2fs's own rules: the fewest inodes unless told, 5 % reserved, a
// lost+found unless nothing is reserved, layers in the order of the command line, standard output
// when no image is named. Options that change nothing in a correct image (-e, -o linux, -v, and -z
// since holes are always kept) are taken; -g, which writes a list of blocks, is refused.
common::Result<std::optional<Options>> parse_genext2fs(std::span<const std::string> arguments,
                                                       const char* source_date_epoch,
                                                       std::ostream& out);

}  // namespace mkramdisk
