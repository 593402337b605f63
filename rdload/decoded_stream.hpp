// A source read through a decoder.
#pragma once

#include <cstddef>
#include <span>

#include "common/error.hpp"
#include "rdload/buffer.hpp"
#include "rdload/decoder.hpp"
#include "rdload/load.hpp"
#include "rdload/source.hpp"

namespace rdload {

class DecodedStream {
 public:
  // Begins where `source` stands. Fails (not_usable) when `decoders` has none for `format`.
  // `source` must outlive the stream.
  static common::Result<DecodedStream> open(Source& source, Format format, Decoders decoders,
                                            const DecoderOptions& options);

  // Fills `room` unless the image ends. Returns how many bytes it put there. Errors: corrupt (the
  // text names the source and the reason, truncation included), not_usable, system.
  common::Result<std::size_t> read(std::span<std::byte> room);
  // The image holds at least so many bytes: before them no set of disks is over.
  void expect(std::uint64_t bytes) { expected_ = bytes; }
  // The image has ended.
  [[nodiscard]] bool finished() const { return finished_; }
  // True when the last error was that the source ended too early.
  [[nodiscard]] bool truncated() const { return truncated_; }
  // See Decoder; after an error.
  [[nodiscard]] unsigned ends_met() const { return decoder_->ends_met(truncated_); }
  [[nodiscard]] bool silent() const { return decoder_->silent(); }
  // The decoder's own words for the last error, or "".
  [[nodiscard]] const char* reason() const { return reason_.c_str(); }
  [[nodiscard]] const char* library() const { return row_->library; }
  // Every byte that was read goes to `digest` too, and what lies behind the image by read_rest().
  void set_digest(Digest* digest) { digest_ = digest; }
  common::Status read_rest();

 private:
  common::Status fill();
  common::Error failed(const common::Error& error);

  Source* source_ = nullptr;
  const DecoderRow* row_ = nullptr;
  DecoderPtr decoder_;
  Buffer buffer_;
  Input input_;
  Digest* digest_ = nullptr;
  std::uint64_t made_ = 0;      // bytes decoded so far
  std::uint64_t expected_ = 0;  // and at least
  bool finished_ = false;
  bool truncated_ = false;
  common::Text<160> reason_;
};

}  // namespace rdload
