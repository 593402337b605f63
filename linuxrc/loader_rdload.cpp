// The loader that is rdload's core, with the decoders that this build links.
#include "rdload/load.hpp"

#include <string_view>

#include "linuxrc/decoded_files.hpp"
#include "linuxrc/loader.hpp"
#include "rdload/decoders/all.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Status;

class RdloadLoader final : public ImageLoader {
 public:
  RdloadLoader(Log& log, Watchdog& watchdog) : log_(log), watchdog_(watchdog) {}

  std::uint64_t size_kib(const char* path, std::uint64_t start_kib) override {
    rdload::ProbeRequest request;
    request.source = path;
    request.start_kib = start_kib;
    request.decoders = rdload::all_decoders();
    const auto facts = rdload::probe(request);
    if (!facts) return 0;
    if (facts->size_kib) return *facts->size_kib;
    if (!facts->image.is(rdload::Kind::compressed)) return 0;
    // A compression around something unknown has to be decoded to know.
    const auto counted = rdload::count_decoded(request);
    return counted ? *counted : 0;
  }

  Status load(const char* path, std::uint64_t start_kib, const char* target) override {
    rdload::LoadRequest request;
    request.source = path;
    request.start_kib = start_kib;
    request.target = target;
    request.decoders = rdload::all_decoders();
    if (std::string_view(path).starts_with("/dev/")) request.disks = {this, ask_for_disk};
    request.listener = {this, message, progress};
    quarters_ = 0;
    const auto report = rdload::load(request);
    if (!report) return report.error();
    return Done{};
  }

  DecodedFiles* files() override { return &rdload_files(); }

 private:
  static void message(void* self, rdload::Event event, const char* text) {
    // The whole line comes once more when it is done.
    if (event != rdload::Event::loading) static_cast<RdloadLoader*>(self)->log_.say("%s", text);
  }

  // Linux up to 5.8 asked so.
  static bool ask_for_disk(void* self, unsigned number) {
    auto* const loader = static_cast<RdloadLoader*>(self);
    loader->log_.alarm("done disk #%u.", number - 1);
    loader->log_.alarm("VFS: Insert disk #%u and press ENTER", number);
    wait_for_enter(loader->log_, loader->watchdog_);
    return true;
  }

  static void progress(void* self, const rdload::Progress& at) {
    auto* const loader = static_cast<RdloadLoader*>(self);
    loader->watchdog_.feed();
    // Of a compression around something unknown, how much of it has been read tells.
    const bool known = at.total != 0;
    loader->say_progress(known ? at.loaded : at.read, known ? at.total : at.source);
  }

  // Three lines for a load that may take a while; a small one is done before they are read.
  void say_progress(std::uint64_t done, std::uint64_t total) {
    constexpr std::uint64_t worth_it = 16u << 20;
    if (total < worth_it || done >= total) return;
    const auto quarters = static_cast<unsigned>(done / (total / 4));
    if (quarters <= quarters_ || quarters > 3) return;
    quarters_ = quarters;
    log_.say("loading: %u of 100, %llu KiB", quarters * 25,
             static_cast<unsigned long long>(done / 1024));
  }

  Log& log_;
  Watchdog& watchdog_;
  unsigned quarters_ = 0;  // of the image that is being loaded, as last told
};

}  // namespace

ImageLoader& built_in_loader(Log& log, Watchdog& watchdog) {
  static RdloadLoader loader(log, watchdog);
  return loader;
}

}  // namespace linuxrc
