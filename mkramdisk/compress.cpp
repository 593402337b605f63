#include "mkramdisk/compress.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace mkramdisk {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;

constexpr std::array<Method, 7> all_methods = {{
    {"bzip2", 1, 9, 9, make_bzip2},
    {"gzip", 1, 9, 12, make_gzip},
    {"lz4", 1, 9, 12, make_lz4},
    {"lzma", 0, 6, 9, make_lzma},
    {"lzo", 1, 9, 9, make_lzo},
    {"xz", 0, 6, 9, make_xz},
    {"zstd", 1, 19, 22, make_zstd},
}};

class Compressed : public Output {
 public:
  Compressed(std::unique_ptr<Output> inner, std::unique_ptr<Encoder> encoder)
      : inner_(std::move(inner)), encoder_(std::move(encoder)) {}

  [[nodiscard]] bool ordered() const override { return true; }
  Status write(std::uint64_t, std::span<const std::byte> data) override {
    if (auto status = encoder_->feed(data, ready_); !status) return status;
    return pass_on();
  }
  Status commit() override {
    if (auto status = encoder_->finish(ready_); !status) return status;
    if (auto status = pass_on(); !status) return status;
    return inner_->commit();
  }

 private:
  Status pass_on() {
    if (ready_.empty()) return Done{};
    auto status = inner_->write(offset_, ready_);
    offset_ += ready_.size();
    ready_.clear();
    return status;
  }

  std::unique_ptr<Output> inner_;
  std::unique_ptr<Encoder> encoder_;
  std::vector<std::byte> ready_;
  std::uint64_t offset_ = 0;
};

}  // namespace

std::span<const Method> methods() {
  return all_methods;
}

Result<Compression> parse_compression(std::string_view text) {
  const std::string_view name = text.substr(0, text.find(':'));
  if (text == "none") return Compression{};
  const auto method = std::find_if(all_methods.begin(), all_methods.end(),
                                   [&](const Method& candidate) { return candidate.name == name; });
  if (method == all_methods.end())
    return Error::of(Failure::usage,
                     "compression '%.*s': known are bzip2, gzip, lz4, lzma, lzo, xz, zstd and none",
                     static_cast<int>(std::min<std::size_t>(text.size(), 64)), text.data());
  Compression how{&*method, method->usual};
  if (name.size() == text.size()) return how;
  const std::string_view level = text.substr(name.size() + 1);
  const auto [end, failed] = std::from_chars(level.data(), level.data() + level.size(), how.level);
  if (failed != std::errc{} || end != level.data() + level.size() || how.level < method->least ||
      how.level > method->most)
    return Error::of(Failure::usage, "compression level '%.*s': %.*s has %d to %d",
                     static_cast<int>(std::min<std::size_t>(level.size(), 64)), level.data(),
                     static_cast<int>(name.size()), name.data(), method->least, method->most);
  return how;
}

Result<std::unique_ptr<Output>> compress_into(std::unique_ptr<Output> inner, const Compression& how,
                                              std::uint64_t size, unsigned threads) {
  auto encoder = how.method->make({how.level, size, threads});
  if (!encoder) return encoder.error();
  return std::unique_ptr<Output>(
      std::make_unique<Compressed>(std::move(inner), std::move(*encoder)));
}

}  // namespace mkramdisk
