#include "rdload/rdload_main.hpp"

#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <optional>
#include <thread>

#include "common/one_line.hpp"
#include "rdload/chosen_target.hpp"
#include "rdload/decoders/all.hpp"
#include "rdload/describe.hpp"
#include "rdload/load.hpp"
#include "rdload/memory.hpp"
#include "rdload/options.hpp"
#include "rdload/sha256.hpp"
#include "rdload/thread_lane.hpp"
#include "rdload/view.hpp"

namespace rdload {
namespace {

using common::Error;
using common::Failure;

// Where a boot loader's image is found, the usual place first.
std::string usual_image() {
  constexpr const char* kept = "/sys/firmware/initrd";
  struct stat status {};
  const bool only_kept = ::stat("/initrd.image", &status) != 0 && ::stat(kept, &status) == 0;
  return only_kept ? kept : "/initrd.image";
}

int fail(const Options& options, const Streams& streams, const Error& error) {
  if (options.json) streams.out << error_json(options.image, error);
  streams.err << "rdload: " << common::on_one_line(error.text()) << '\n';
  return error.exit_code();
}

int print_version(const Streams& streams) {
  streams.out << "rdload (image-initrd) 0.1\n";
  const Decoders decoders = all_decoders();
  for (const DecoderRow& row : decoders)
    if (find_decoder(decoders, row.format) == &row)
      streams.out << format_name(row.format) << ": " << row.library << '\n';
  return 0;
}

ProbeRequest probe_request(const Options& options, const Streams& streams) {
  ProbeRequest request;
  request.source = options.image.c_str();
  request.offset = options.offset;
  request.start_kib = options.start_kib;
  request.length = options.length;
  request.decoders = all_decoders();
  request.stop = streams.stop;
  return request;
}

int identify_image(const Options& options, const Streams& streams) {
  const auto facts = probe(probe_request(options, streams));
  if (!facts) return fail(options, streams, facts.error());
  streams.out << (options.json ? facts_json(options.image, *facts)
                               : facts_text(options.image, *facts));
  if (!facts->image.is(Kind::unknown)) return 0;
  streams.err << "rdload: " << common::on_one_line(options.image)
              << ": nothing that any kernel or rdload knows\n";
  return static_cast<int>(Failure::not_usable);
}

// Linux up to 5.8 asked so; the line that it was in the middle of ends before.
bool ask_for_disk(void* context, unsigned number) {
  const auto& streams = *static_cast<const Streams*>(context);
  streams.err << "done disk #" << number - 1 << ".\nVFS: Insert disk #" << number
              << " and press ENTER\n"
              << std::flush;
  if (streams.in_fd >= 0 && streams.in.rdbuf()->in_avail() <= 0 &&
      !wait_for(streams.in_fd, POLLIN, streams.stop, "standard input"))
    return false;
  std::string line;
  if (!std::getline(streams.in, line)) return false;
  streams.err << "Loading disk #" << number << "...\n";
  return true;
}

// What decoders may take to work on several processors: the RAM disk will need the memory more.
std::size_t decoding_memory(unsigned threads) {
  constexpr std::uint64_t least = 16u << 20;
  constexpr std::uint64_t most_of_one = 64u << 20;
  const std::uint64_t most = std::max(least, threads * most_of_one);
  return std::clamp(spare_memory().value_or(0) / 8, least, most);
}

int load_image(const Options& options, const Streams& streams) {
  LoadRequest request;
  if (options.disks) request.disks = {const_cast<Streams*>(&streams), ask_for_disk};
  request.source = options.image.c_str();
  request.target = options.target.c_str();
  request.offset = options.offset;
  request.start_kib = options.start_kib;
  request.length = options.length;
  request.create = options.create;
  request.release = options.release;
  request.compat = options.compat;
  request.decoders = all_decoders();
  request.decoding.threads =
      options.threads != 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  request.decoding.memory = decoding_memory(request.decoding.threads);
  request.stop = streams.stop;
  ThreadLane lane;
  if (request.decoding.threads > 1) request.lane = &lane;

  // To start libcrypto takes longer than a small load.
  std::optional<Sha256> loaded_sum;
  std::optional<Sha256> source_sum;
  request.verify = options.verify;
  if (request.verify) request.digest = &loaded_sum.emplace();
  request.expected = options.expected_sha256;
  if (!request.expected.empty()) request.source_digest = &source_sum.emplace();

  const bool as_kernel = options.compat == Compat::kernel;
  View::Style style = view_style(options.progress, streams.err_is_terminal);
  style.messages = !options.json;
  style.refusals = as_kernel;
  if (options.json) style.rotor = false;
  View view(streams.out, streams.err, style);
  request.listener = view.listener();
  const auto report = load(request);
  view.end();
  if (!report) return fail(options, streams, report.error());
  if (options.json)
    streams.out << report_json(request, *report, view.seconds());
  else if (!as_kernel)
    streams.out << report_text(request, *report, view.seconds());
  return 0;
}

int load_onto_any(Options options, const Streams& streams) {
  auto target = choose_target(probe_request(options, streams));
  if (!target) return fail(options, streams, target.error());
  options.target = target->path();
  if (!options.json) streams.out << "target: " << target->path() << ": " << target->why() << '\n';
  const int code = load_image(options, streams);
  if (code == 0) target->keep();
  return code;
}

int run(const std::vector<std::string>& arguments, const Streams& streams) {
  auto options = parse_options(arguments);
  if (!options) {
    streams.err << "rdload: " << common::on_one_line(options.error().text())
                << "\nTry 'rdload --help'.\n";
    return options.error().exit_code();
  }
  if (options->help) {
    streams.out << help_text();
    return 0;
  }
  if (options->version) return print_version(streams);
  if (options->image.empty()) options->image = usual_image();
  if (options->target.empty()) options->target = "/dev/ram0";
  if (options->identify) return identify_image(*options, streams);
  return options->target == "auto" ? load_onto_any(*options, streams)
                                   : load_image(*options, streams);
}

}  // namespace

int rdload_main(const std::vector<std::string>& arguments, const Streams& streams) {
  int code = static_cast<int>(Failure::system);
  try {
    code = run(arguments, streams);
  } catch (const std::exception& error) {
    streams.err << "rdload: " << error.what() << '\n';
  }
  streams.out.flush();
  if (streams.out) return code;
  streams.err << "rdload: standard output: cannot be written to\n";
  return static_cast<int>(Failure::system);
}

}  // namespace rdload
