#include <bzlib.h>

#include <cerrno>
#include <cstdint>

#include "rdload/decoders/decoders.hpp"
#include "rdload/decoders/member_decoder.hpp"

namespace rdload {
namespace {

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
    // bzip2 declares its input without const, and never writes to it.
    stream_.next_in = static_cast<char*>(static_cast<void*>(const_cast<std::byte*>(input.next)));
    stream_.avail_in = static_cast<unsigned>(std::min(input.left, limit));
    stream_.next_out = static_cast<char*>(static_cast<void*>(output.next));
    stream_.avail_out = static_cast<unsigned>(std::min(output.left, limit));
    const unsigned had_in = stream_.avail_in;
    const unsigned had_out = stream_.avail_out;
    const int outcome = BZ2_bzDecompress(&stream_);
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
    if (as_kernel_) return corrupt("Data integrity error when decompressing.");
    return corrupt(outcome == BZ_DATA_ERROR_MAGIC ? "not a bzip2 header" : "damaged, or a bad CRC");
  }

  static bool continues(const std::byte* magic) {
    return std::memcmp(magic, "BZh", 3) == 0 &&
           (std::memcmp(magic + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 ||
            std::memcmp(magic + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
  }

 private:
  static constexpr std::size_t limit = 1u << 30;  // bzip2 counts in 32 bits

  void stop() {
    if (started_) BZ2_bzDecompressEnd(&stream_);
    started_ = false;
  }

  bz_stream stream_{};
  bool as_kernel_;
  bool started_ = false;
};

}  // namespace

DecoderPtr make_bzip2(const DecoderOptions& options) {
  return make_decoder<MemberDecoder<Bzip2Codec>>(options);
}

}  // namespace rdload
