// A directory of the host as a source.
#pragma once

#include <string>

#include "common/error.hpp"
#include "mkramdisk/exclude.hpp"
#include "mkramdisk/source_reader.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

struct ScanOptions {
  bool cross_devices = false;  // go into file systems mounted below
  bool xattrs = false;         // take extended attributes along
  Excludes excludes;           // not even looked at
};

// Adds everything in directory `path` to `top` of the tree, in the order of the names' bytes, and
// appends the source. What is there already is replaced, except that directories merge. Sockets
// and device nodes are taken as they are. Fails (system) naming what cannot be read; mount points
// are left empty unless asked for.
common::Status scan_directory(const std::string& path, InodeId top, const ScanOptions& options,
                              Tree& tree, Sources& sources);

}  // namespace mkramdisk
