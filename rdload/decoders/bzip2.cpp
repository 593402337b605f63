#include <bzlib.h>

#include <cerrno>
#include <cstdint>

#include "rdload/decoders/decoders.hpp"
#include "rdload/decoders/member_decoder.hpp"

namespace rdload {
namespace {

// The last 16 bytes that were read.
class Bzip2Tail {
 public:
  void add(std::byte byte) {
    high_ = high_ << 8 | low_ >> 56;
    low_ = low_ << 8 | std::to_integer<std::uint64_t>(byte);
  }
  // The mark behind the last block, which begins at any bit, and the checksum of 32 bits after it.
  [[nodiscard]] bool is_end_mark() const {
    constexpr std::uint64_t mark = 0x177245385090;
    constexpr std::uint64_t mask = (std::uint64_t{1} << 48) - 1;
    for (unsigned shift = 0; shift < 8; ++shift)
      if (((high_ << (32 - shift) | low_ >> (32 + shift)) & mask) == mark) return true;
    return false;
  }

 private:
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

class Bzip2Codec {
 public:
  static constexpr std::size_t magic_bytes = 10;  // BZh, the level, and a block's or the end's

  explicit Bzip2Codec(const DecoderOptions& options) : as_kernel_(options.as_kernel) {}
  Bzip2Codec(const Bzip2Codec&) = delete;
  Bzip2Codec& operator=(const Bzip2Codec&) = delete;
  ~Bzip2Codec() { stop(); }

  bool start() {
    stop();
    stream_ = {};
    started_ = BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK;
    return started_;
  }

  common::Result<Step> run(Input& input, Output& output) {
    if (!as_kernel_) return run_once(input, output, limit);
    // A byte at a time, to see which one an error comes with.
    for (;;) {
      const std::size_t left = input.left;
      const auto step = run_once(input, output, 1);
      if (!step || *step == Step::finished || input.left == left || output.left == 0) return step;
    }
  }
  // The kernel speaks of wrong checksums alone, and of any damage to a block or to the mark behind
  // it not at all.
  [[nodiscard]] bool silent() const { return silent_; }

  static bool continues(const std::byte* magic) {
    return std::memcmp(magic, "BZh", 3) == 0 &&
           (std::memcmp(magic + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 ||
            std::memcmp(magic + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
  }

 private:
  static constexpr std::size_t limit = 1u << 30;  // bzip2 counts in 32 bits

  common::Result<Step> run_once(Input& input, Output& output, std::size_t most) {
    // bzip2 declares its input without const, and never writes to it.
    stream_.next_in = static_cast<char*>(static_cast<void*>(const_cast<std::byte*>(input.next)));
    stream_.avail_in = static_cast<unsigned>(std::min(input.left, most));
    stream_.next_out = static_cast<char*>(static_cast<void*>(output.next));
    stream_.avail_out = static_cast<unsigned>(std::min(output.left, limit));
    const unsigned had_in = stream_.avail_in;
    const unsigned had_out = stream_.avail_out;
    const int outcome = BZ2_bzDecompress(&stream_);
    const bool used = stream_.avail_in < had_in;
    const bool made = stream_.avail_out < had_out;
    if (as_kernel_ && used) tail_.add(*input.next);
    advance(input, had_in - stream_.avail_in);
    advance(output, had_out - stream_.avail_out);
    switch (outcome) {
      case BZ_OK:
        return Step::more;
      case BZ_STREAM_END:
        return Step::finished;
      case BZ_MEM_ERROR:
        return common::Error::system(ENOMEM, "decode bzip2");
      default:
        break;
    }
    // A block's checksum is found wrong once all of it is out, the image's behind the end mark.
    silent_ = as_kernel_ && used && !made && !tail_.is_end_mark();
    if (as_kernel_) return corrupt("Data integrity error when decompressing.");
    return corrupt(outcome == BZ_DATA_ERROR_MAGIC ? "not a bzip2 header" : "damaged, or a bad CRC");
  }

  void stop() {
    if (started_) BZ2_bzDecompressEnd(&stream_);
    started_ = false;
  }

  bz_stream stream_{};
  bool as_kernel_;
  bool started_ = false;
  bool silent_ = false;
  Bzip2Tail tail_;
};

}  // namespace

DecoderPtr make_bzip2(const DecoderOptions& options) {
  return make_decoder<MemberDecoder<Bzip2Codec>>(options);
}

}  // namespace rdload
