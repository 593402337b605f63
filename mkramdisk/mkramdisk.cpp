#include "mkramdisk/mkramdisk.hpp"

#include <algorithm>
#include <thread>

#include "mkramdisk/ext2_format.hpp"
#include "mkramdisk/gather.hpp"
#include "mkramdisk/genext2fs_options.hpp"
#include "mkramdisk/image_uuid.hpp"
#include "mkramdisk/image_writer.hpp"
#include "mkramdisk/layout.hpp"
#include "mkramdisk/options.hpp"
#include "mkramdisk/output.hpp"
#include "mkramdisk/progress_line.hpp"
#include "mkramdisk/report.hpp"
#include "mkramdisk/size_plan.hpp"
#include "mkramdisk/zero_blocks.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

Format base_format(const Options& options) {
  Format format;
  format.block_size = options.block_size;
  format.revision = options.revision;
  format.reserved_percent = options.reserved_percent;
  format.label = options.label;
  return format;
}

// The superblock's times: what was asked for, else the newest time in the image.
std::int64_t format_time(const Tree& tree, const Layout& layout) {
  if (layout.times.all) return layout.times.stored(0);
  if (layout.times.latest) return layout.times.stored(*layout.times.latest);
  std::int64_t newest = layout.times.stored(tree.inodes[Tree::root].mtime);
  for (const InodeId id : layout.numbers.order)
    newest = std::max(newest, layout.times.stored(tree.inodes[id].mtime));
  return newest;
}

// Times that 32 bits cannot hold are never changed without a word.
Status check_times(const Tree& tree, const Layout& layout, const Options& options,
                   std::ostream& err) {
  std::size_t changed = 0;
  InodeId first = none;
  const auto look = [&](InodeId id) {
    const std::int64_t time = tree.inodes[id].mtime;
    if (layout.times.wanted(time) == layout.times.stored(time)) return;
    if (changed++ == 0) first = id;
  };
  look(Tree::root);
  for (const InodeId id : layout.numbers.order) look(id);
  if (changed == 0) return Done{};
  const std::string path = "/" + tree.path_of(first);
  if (options.refuse_late_times)
    return Error::of(Failure::not_usable,
                     "%s: its time is outside of 1901 to 2038, all that ext2 can hold (%zu files)",
                     path.c_str(), changed);
  err << "mkramdisk: warning: " << path
      << ": its time is outside of 1901 to 2038 and was moved to the nearest that ext2 can hold ("
      << changed << (changed == 1 ? " file)\n" : " files)\n");
  return Done{};
}

Status build(const Options& options, const Environment& environment) {
  Tree tree;
  Sources sources;
  if (auto status = gather(options, environment.input, tree, sources); !status) return status;
  const unsigned threads = options.threads != 0
                               ? options.threads
                               : std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
  if (options.sparse || options.size.smallest)
    if (auto status = find_zero_blocks(tree, sources, options.block_size, threads); !status)
      return status;
  auto demand = measure(tree, options.block_size, options.revision);
  if (!demand) return demand.error();
  const Needs needs = demand->needs;
  const std::string name = options.output.empty() ? "image" : options.output;
  auto size = plan_size(base_format(options), needs, options.size, options.inodes, name);
  if (!size) return size.error();
  auto geometry = plan_geometry(size->format);
  if (!geometry) return geometry.error();
  Layout layout = lay_out(tree, std::move(*demand), std::move(*geometry), options.revision);
  layout.times = {options.time, options.latest_time};
  if (auto status = check_times(tree, layout, options, environment.err); !status) return status;
  if (options.dry_run) {
    print_plan(tree, layout, *size, needs, environment.out);
    return Done{};
  }
  size->format.time = format_time(tree, layout);
  size->format.uuid = options.uuid ? *options.uuid : make_uuid(tree, layout);
  auto metadata = make_metadata(
      size->format,
      {layout.stream_blocks, static_cast<std::uint32_t>(needs.inodes), layout.directory_numbers});
  if (!metadata) return metadata.error();
  const bool packed = options.compression.method != nullptr;
  auto output = open_output(options.output, packed ? 0 : size->bytes, environment.output);
  if (!output) return output.error();
  if (packed) {
    output = compress_into(std::move(*output), options.compression, size->bytes, threads);
    if (!output) return output.error();
  }
  ProgressLine progress(environment, options.progress, size->bytes);
  WriteOptions how;
  how.size = size->bytes;
  how.threads = threads;
  how.progress = [&](std::uint64_t bytes) { progress.add(bytes); };
  const Plan plan{tree, sources, layout, *metadata};
  if (auto status = write_image(plan, **output, how); !status) return status;
  auto status = (*output)->commit();
  progress.end();
  return status;
}

}  // namespace

int mkramdisk_main(std::span<const std::string> arguments, const Environment& environment) {
  const bool genext2fs = called_as_genext2fs(environment.program);
  const char* const name = genext2fs ? "genext2fs" : "mkramdisk";
  const auto options = (genext2fs ? parse_genext2fs : parse_options)(
      arguments, environment.source_date_epoch, environment.out);
  if (!options) {
    environment.err << name << ": " << options.error().text() << "\nTry '" << name
                    << " --help' for more information.\n";
    return genext2fs ? 1 : options.error().exit_code();
  }
  if (!options->has_value()) return 0;
  const Status status = build(**options, environment);
  environment.out.flush();
  if (status) return 0;
  environment.err << name << ": " << status.error().text() << "\n";
  // genext2fs knows one way to fail.
  return genext2fs ? 1 : status.error().exit_code();
}

}  // namespace mkramdisk
