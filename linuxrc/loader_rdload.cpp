// The loader that is rdload's core, with the decoders that this build links.
#include "rdload/load.hpp"

#include "linuxrc/loader.hpp"
#include "rdload/decoders/decoders.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Status;

constexpr rdload::DecoderRow decoders[] = {{rdload::Format::gzip, "zlib", rdload::make_gzip_zlib}};

class RdloadLoader final : public ImageLoader {
 public:
  explicit RdloadLoader(Log& log) : log_(log) {}

  std::uint64_t size_kib(const char* path, std::uint64_t start_kib) override {
    rdload::ProbeRequest request;
    request.source = path;
    request.start_kib = start_kib;
    request.decoders = decoders;
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
    request.decoders = decoders;
    request.listener = {this, message, nullptr};
    const auto report = rdload::load(request);
    if (!report) return report.error();
    return Done{};
  }

 private:
  static void message(void* self, rdload::Event event, const char* text) {
    // The whole line comes once more when it is done.
    if (event != rdload::Event::loading) static_cast<RdloadLoader*>(self)->log_.say("%s", text);
  }

  Log& log_;
};

}  // namespace

ImageLoader& built_in_loader(Log& log) {
  static RdloadLoader loader(log);
  return loader;
}

}  // namespace linuxrc
