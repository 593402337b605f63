#include <bzlib.h>

#include <cerrno>
#include <cstdint>

#include "rdload/bytes.hpp"
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
    if (as_kernel_) remember(Bytes{input.next, had_in - stream_.avail_in});
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
    // The kernel leaves out the checksum of the whole stream, which follows the end's magic.
    if (as_kernel_ && outcome == BZ_DATA_ERROR && at_stream_end()) return Step::finished;
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

  // Keeps the last bytes that were read.
  void remember(Bytes bytes) {
    for (const std::byte byte : bytes.last(std::min(bytes.size(), sizeof tail_))) {
      std::memmove(tail_, tail_ + 1, sizeof tail_ - 1);
      tail_[sizeof tail_ - 1] = byte;
    }
  }
  // They are the end's magic and a checksum, 48 and 32 bits from any bit on, and up to 7 bits more.
  [[nodiscard]] bool at_stream_end() const {
    constexpr std::uint64_t magic = 0x177245385090;
    const Bytes tail(tail_);
    for (unsigned bits = 0; bits < 8; ++bits) {
      // The 56 bits that hold the magic, `bits` before the end of which it ends.
      const std::uint64_t window = big_endian(tail, bits == 0 ? 1 : 0, bits == 0 ? 6 : 7);
      if ((window >> bits & 0xffffffffffff) == magic) return true;
    }
    return false;
  }

  bz_stream stream_{};
  std::byte tail_[11] = {};  // 80 to 87 bits
  bool as_kernel_;
  bool started_ = false;
};

}  // namespace

DecoderPtr make_bzip2(const DecoderOptions& options) {
  return make_decoder<MemberDecoder<Bzip2Codec>>(options);
}

}  // namespace rdload
