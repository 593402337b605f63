// One interface for every compression. Which decoders a program has is a table that it passes to
// load() and probe(): nothing registers itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include "common/error.hpp"
#include "rdload/identify.hpp"

namespace rdload {

// What is left to read. A decoder moves `next` on and counts `left` down.
struct Input {
  const std::byte* next = nullptr;
  std::size_t left = 0;
  bool last = false;  // nothing follows
};

// Where to write. A decoder moves `next` on and counts `left` down.
struct Output {
  std::byte* next = nullptr;
  std::size_t left = 0;
};

enum class Step : unsigned char {
  more,      // wants more input (all of it is used up) or more room (all of it is filled)
  finished,  // the image has ended; what `input` still holds is not part of it
};

struct DecoderOptions {
  // Do as the kernel's decoder does: no more of the format, no checks that it leaves out.
  bool as_kernel = false;
  unsigned threads = 1;  // at most so many
  // Bytes that a decoder with several threads may take in all; it rather uses fewer.
  std::size_t memory = 64 << 20;
  std::uint64_t packed_bytes = 0;  // of the image, where that is known; else 0
};

class Decoder {
 public:
  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  virtual ~Decoder() = default;

  // Decodes as much as `input` and `output` allow. Errors: corrupt, with the reason alone ("bad
  // CRC-32"); not_usable for a variant that cannot be decoded; system. After an error or
  // Step::finished it is not called again. Input that ends too early is the caller's to see: more
  // is asked for although input.last is set and output has room.
  virtual common::Result<Step> decode(Input& input, Output& output) = 0;
  // After Step::finished: how many bytes behind the end were taken to see that nothing more of the
  // format follows. They belong to whatever stands there; some may come from an earlier call.
  [[nodiscard]] virtual std::size_t beyond() const { return 0; }
  // The image could be over here, although another stream of it may follow: a set of disks may be.
  [[nodiscard]] virtual bool may_end() const { return false; }

  // After a failure as the kernel's decoder (as_kernel). How often that asks for more where there
  // is nothing, and each time it is said; `truncated`: the source ended.
  [[nodiscard]] virtual unsigned ends_met(bool truncated) const { return truncated ? 1 : 0; }
  // It gives up without a word.
  [[nodiscard]] virtual bool silent() const { return false; }
};

// Decoders live in memory from malloc, so that no program needs operator new for them.
struct FreeDecoder {
  void operator()(Decoder* decoder) const {
    decoder->~Decoder();
    std::free(decoder);  // NOLINT(cppcoreguidelines-no-malloc)
  }
};
using DecoderPtr = std::unique_ptr<Decoder, FreeDecoder>;

// A D, or nothing when memory is short.
template <class D, class... Arguments>
DecoderPtr make_decoder(Arguments&&... arguments) {
  void* const memory = std::malloc(sizeof(D));
  if (memory == nullptr) return nullptr;
  return DecoderPtr(::new (memory) D(std::forward<Arguments>(arguments)...));
}

// A row of a program's table.
struct DecoderRow {
  Format format;
  const char* library;  // for people: "zlib 1.2.13"
  DecoderPtr (*make)(const DecoderOptions& options);
};
using Decoders = std::span<const DecoderRow>;

// The first row for `format`, or nullptr.
inline const DecoderRow* find_decoder(Decoders decoders, Format format) {
  for (const DecoderRow& row : decoders)
    if (row.format == format) return &row;
  return nullptr;
}

}  // namespace rdload
