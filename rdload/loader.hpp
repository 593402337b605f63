// One load on its way: load() makes it, copy.cpp and decode.cpp hold its two ways.
#pragma once

#include <cstdint>
#include <utility>

#include "rdload/load.hpp"
#include "rdload/opening.hpp"
#include "rdload/source.hpp"
#include "rdload/target.hpp"
#include "rdload/writer.hpp"

namespace rdload {

class Loader {
 public:
  Loader(const LoadRequest& request, Source source)
      : request_(request), source_(std::move(source)) {}

  common::Result<LoadReport> run();

 private:
  [[gnu::format(printf, 3, 4)]] void say(Event event, const char* format, ...) const;
  void show_progress(const Writer& writer, std::uint64_t total) const;
  [[nodiscard]] common::Status go_on() const;

  [[nodiscard]] common::Status admit(const OpenedImage& opened) const;
  [[nodiscard]] common::Error too_big(std::uint64_t bytes, bool began) const;
  [[nodiscard]] common::Error incomplete_write(std::uint64_t total) const;
  common::Error with_state(const common::Error& error);

  // An uncompressed file system: as many KiB as it claims.
  common::Status copy(const Image& image);
  common::Status copy_blocks(Writer& writer, std::uint64_t wanted, std::uint64_t must);
  // A compressed image: whatever comes out.
  common::Status decode(Format format);
  void say_why(const class DecodedStream& stream, Format format) const;
  common::Status decode_pieces(class DecodedStream& stream, Writer& writer);
  common::Status check_inner(const Writer& writer) const;

  // The two checks that need checksums: what came in, and what the target gives back.
  common::Status check_source();
  common::Status check_wrapper(const OpenedImage& opened);
  common::Status check_target();
  common::Status check_head();
  // Something is to be known of the bytes behind the image too.
  [[nodiscard]] bool reads_all() const { return source_digest() != nullptr || wrapped_; }
  [[nodiscard]] Digest* source_digest() const {
    return request_.expected.empty() ? nullptr : request_.source_digest;
  }

  const LoadRequest& request_;
  Source source_;
  Target target_;
  LoadReport report_;
  bool wrapped_ = false;
};

}  // namespace rdload
