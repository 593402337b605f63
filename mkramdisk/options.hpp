// The command line as a value.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "mkramdisk/compress.hpp"
#include "mkramdisk/device_table.hpp"
#include "mkramdisk/exclude.hpp"
#include "mkramdisk/geometry.hpp"
#include "mkramdisk/owner_map.hpp"
#include "mkramdisk/size_plan.hpp"

namespace mkramdisk {

// A source or a device table, and the directory of the image that it fills.
struct Layer {
  enum class Kind { source, table };
  Kind kind = Kind::source;
  std::string path;  // "-" is standard input
  std::string top;   // path in the image; empty for its root
};

// When to show progress: on a terminal for work over a second, or not at all.
enum class Progress { automatic, never };

struct Options {
  std::string output;
  std::vector<Layer> layers;  // in the order in which they are applied
  std::vector<OwnerRule> owners;
  Excludes excludes;
  Compression compression;
  TableForm table_form = TableForm::automatic;
  SizeRequest size;
  InodeRequest inodes;
  std::uint32_t block_size = 1024;  // bytes
  unsigned revision = 1;
  double reserved_percent = 0;
  std::string label;
  std::optional<Uuid> uuid;
  bool root_owned = false;
  bool squash_permissions = false;  // none for group and others, of files of sources
  bool cross_devices = false;
  bool lost_found = false;
  bool sparse = false;
  bool xattrs = false;
  Progress progress = Progress::automatic;
  bool dry_run = false;
  std::optional<std::int64_t> time;         // -t: every time in the image
  std::optional<std::int64_t> latest_time;  // SOURCE_DATE_EPOCH
  bool refuse_late_times = false;           // else clamp and warn
  unsigned threads = 0;                     // 0: as many as there are processors
};

// The format that they ask for, but for its size.
Format format_of(const Options& options);
// What messages call the image.
inline std::string image_name(const Options& options) {
  return options.output.empty() ? "image" : options.output;
}

// Null when --help or --version was asked for, whose text went to `out`. Fails (usage) on a
// command line that makes no sense. `source_date_epoch` is that variable's value or null.
common::Result<std::optional<Options>> parse_options(std::span<const std::string> arguments,
                                                     const char* source_date_epoch,
                                                     std::ostream& out);

}  // namespace mkramdisk
