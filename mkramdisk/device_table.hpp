// Device tables: nodes, directories, owners and modes that the build host cannot or should not
// have, in the forms of genext2fs -D and of Buildroot's makedevs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// The two forms look alike, and disagree on what `count` means where `start` is not 0.
enum class TableForm {
  automatic,  // buildroot where the table has what only makedevs knows, else genext2fs
  genext2fs,  // nodes start to count - 1
  buildroot,  // count nodes; owners may be names; F, r, l; mode -1 keeps the mode
};

// One line: NAME TYPE MODE UID GID MAJOR MINOR START INC COUNT.
struct TableLine {
  std::size_t number = 0;  // line in the file, from 1
  std::string name;
  char type = 0;
  std::int64_t mode = 0755;  // -1: as it is
  std::string user = "0";
  std::string group = "0";
  std::uint32_t major = 0, minor = 0, start = 0, increment = 1, count = 0;
  std::string target;  // of a symbolic link
};

// Splits a table into lines, comments and empty lines left out. `name` is the file's name for
// messages. Fails (not_usable) naming the line.
common::Result<std::vector<TableLine>> parse_device_table(std::string_view text,
                                                          const std::string& name);

// What `automatic` means for this table.
TableForm form_of(const std::vector<TableLine>& table);

// Applies the table to the tree, below directory `top`. New inodes get time `mtime`. Owner names
// are looked up in etc/passwd and etc/group of the tree's own root through `read_file`, which
// returns a file's text or nothing.
struct TableContext {
  std::string name;  // of the file, for messages
  TableForm form = TableForm::automatic;
  std::string top;  // path in the image below which the names lie
  std::int64_t mtime = 0;
  std::string passwd, group;  // contents of the image's etc/passwd and etc/group, or empty
};
common::Status apply_device_table(const std::vector<TableLine>& table, const TableContext& context,
                                  Tree& tree);

}  // namespace mkramdisk
