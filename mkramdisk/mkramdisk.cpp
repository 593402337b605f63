#include "mkramdisk/mkramdisk.hpp"

#include <algorithm>
#include <thread>

#include "mkramdisk/ending.hpp"
#include "mkramdisk/ext2_format.hpp"
#include "mkramdisk/gather.hpp"
#include "mkramdisk/genext2fs_options.hpp"
#include "mkramdisk/image_uuid.hpp"
#include "mkramdisk/image_writer.hpp"
#include "mkramdisk/intake.hpp"
#include "mkramdisk/layout.hpp"
#include "mkramdisk/options.hpp"
#include "mkramdisk/output.hpp"
#include "mkramdisk/progress_line.hpp"
#include "mkramdisk/report.hpp"
#include "mkramdisk/size_plan.hpp"
#include "mkramdisk/times.hpp"
#include "mkramdisk/zero_blocks.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Status;

unsigned thread_count(const Options& options) {
  return options.threads != 0 ? options.threads
                              : std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
}

// Writes the planned image to where it was asked for.
Status write_out(const Plan& plan, Intake& intake, const SizePlan& size, const Options& options,
                 const Environment& environment) {
  const bool packed = options.compression.method != nullptr;
  auto output = intake.take_output();
  if (!output) {
    auto opened = open_output(options.output, packed ? 0 : size.bytes, environment.output);
    if (!opened) return opened.error();
    output = std::move(*opened);
  }
  const unsigned threads = thread_count(options);
  if (packed) {
    auto compressed = compress_into(std::move(output), options.compression, size.bytes, threads);
    if (!compressed) return compressed.error();
    output = std::move(*compressed);
  }
  ProgressLine progress(environment, options.progress, size.bytes);
  WriteOptions how;
  how.size = size.bytes;
  how.threads = threads;
  how.progress = [&](std::uint64_t bytes) { progress.add(bytes); };
  if (auto status = write_image(plan, *output, how); !status) return status;
  auto status = output->commit();
  progress.end();
  return status;
}

Status build(const Options& options, const Environment& environment) {
  Tree tree;
  Sources sources;
  Intake intake(options, environment);
  StoreMaker streaming;
  // Where size or number of inodes follow from what there is, archives wait for it in a spool.
  if (!options.size.smallest && !options.inodes.fewest) streaming = [&] { return intake.open(); };
  if (auto status = gather(options, environment.input, streaming, tree, sources); !status)
    return status;
  if (options.sparse || options.size.smallest)
    if (auto status = find_zero_blocks(tree, sources, options.block_size, thread_count(options));
        !status)
      return status;
  auto demand = measure(tree, options.block_size, options.revision, intake.blocks());
  if (!demand) return demand.error();
  const Needs needs = demand->needs;
  auto size =
      plan_size(format_of(options), needs, options.size, intake.inodes(), image_name(options));
  if (!size) return size.error();
  auto geometry = plan_geometry(size->format);
  if (!geometry) return geometry.error();
  Layout layout = lay_out(tree, std::move(*demand), std::move(*geometry), options.revision);
  layout.arrived_blocks = intake.blocks();
  layout.times = {options.time, options.latest_time};
  if (auto status = check_times(tree, layout, options.refuse_late_times, environment.err); !status)
    return status;
  if (options.dry_run) {
    print_plan(tree, layout, *size, needs, environment.out);
    return Done{};
  }
  size->format.time = format_time(tree, layout);
  size->format.uuid = options.uuid ? *options.uuid : make_uuid(tree, layout);
  const std::vector<StreamRange> unused = unused_ranges(layout);
  if (auto status = intake.finish(unused); !status) return status;
  auto metadata = make_metadata(
      size->format, {layout.stream_blocks, unused, static_cast<std::uint32_t>(needs.inodes),
                     layout.directory_numbers});
  if (!metadata) return metadata.error();
  return write_out({tree, sources, layout, *metadata, intake.file()}, intake, *size, options,
                   environment);
}

}  // namespace

int mkramdisk_main(std::span<const std::string> arguments, const Environment& environment) {
  const bool genext2fs = called_as_genext2fs(environment.program);
  const char* const name = genext2fs ? "genext2fs" : "mkramdisk";
  const auto options = (genext2fs ? parse_genext2fs : parse_options)(
      arguments, environment.source_date_epoch, environment.out);
  if (!options) {
    const int code = complain(name, options.error(), environment.err);
    environment.err << "Try '" << name << " --help' for more information.\n";
    return genext2fs ? 1 : code;
  }
  const auto work = [&] {
    return options->has_value() ? build(**options, environment) : Status(Done{});
  };
  const Status status = flushed(run_guarded(work), environment.out);
  if (status) return 0;
  const int code = complain(name, status.error(), environment.err);
  // genext2fs knows one way to fail.
  return genext2fs ? 1 : code;
}

}  // namespace mkramdisk
