// The command lines of --wrap and --inspect as values.
#pragma once

#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "mkramdisk/compress.hpp"
#include "mkramdisk/wrap/legacy_image.hpp"

namespace mkramdisk::wrap {

// A module that was named: "brd rd_size=8192".
struct NamedModule {
  std::string name;
  std::string parameters;
};

// --wrap none: an initramfs of linuxrc alone, for an image on a floppy disk.
constexpr const char* no_image = "none";

struct Options {
  bool inspect = false;  // else wrap
  Place image;
  // wrap
  std::string output;
  std::string linuxrc;
  std::string modules;
  std::string command_line;
  std::vector<NamedModule> added;
  std::vector<std::string> left_out;
  Compression compression;  // of the first archive
  bool dry_run = false;
  // inspect
  std::string kernel;
};

// True when the arguments ask for --wrap or --inspect and not for an image to be made.
bool asked(std::span<const std::string> arguments);

// Null when --help was asked for, whose text went to `out`. Errors: usage.
common::Result<std::optional<Options>> parse_options(std::span<const std::string> arguments,
                                                     std::ostream& out);

}  // namespace mkramdisk::wrap
