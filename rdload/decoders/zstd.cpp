#include <zstd.h>
#include <zstd_errors.h>

#include <cerrno>
#include <cstdint>

#include "rdload/bytes.hpp"
#include "rdload/decoders/decoders.hpp"
#include "rdload/decoders/member_decoder.hpp"
#include "rdload/decoders/zstd_codec.hpp"

namespace rdload {
namespace {

class ZstdCodec {
 public:
  static constexpr std::size_t magic_bytes = 4;
  // Its decoder gives up at the 16th call that gets nowhere (ZSTD_NO_FORWARD_PROGRESS_MAX).
  static constexpr unsigned ends_met = 16;

  explicit ZstdCodec(const DecoderOptions& options) : as_kernel_(options.as_kernel) {}
  ZstdCodec(const ZstdCodec&) = delete;
  ZstdCodec& operator=(const ZstdCodec&) = delete;
  ~ZstdCodec() { ZSTD_freeDStream(stream_); }

  bool start() {
    if (stream_ == nullptr) stream_ = ZSTD_createDStream();
    if (stream_ == nullptr) return false;
    // The kernel stops at windows of 128 MiB; --ultra --long=31 is what zstd can write at most.
    fresh_ = true;
    const int window_log = as_kernel_ ? 27 : ZSTD_dParam_getBounds(ZSTD_d_windowLogMax).upperBound;
    return ZSTD_isError(ZSTD_DCtx_reset(stream_, ZSTD_reset_session_only)) == 0 &&
           ZSTD_isError(ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, window_log)) == 0;
  }

  common::Result<Step> run(Input& input, Output& output) {
    if (fresh_ && input.left > 0) {
      // Formats before zstd 0.8 (0x25 to 0x27), which nobody else reads; the library's decoders of
      // those depend on how the input is cut.
      const auto first = std::to_integer<unsigned>(*input.next);
      if (first < (ZSTD_MAGICNUMBER & 0xff))
        return corrupt(as_kernel_ ? "Input is not in the ZSTD format (wrong magic bytes)"
                                  : "not a zstd header");
      fresh_ = false;
    }
    ZSTD_inBuffer in{input.next, input.left, 0};
    ZSTD_outBuffer out{output.next, output.left, 0};
    const std::size_t outcome = ZSTD_decompressStream(stream_, &out, &in);
    advance(input, in.pos);
    advance(output, out.pos);
    if (ZSTD_isError(outcome) == 0) return outcome == 0 ? Step::finished : Step::more;
    return zstd_error(outcome, as_kernel_);
  }

  // Another frame, or a skippable one, as pzstd puts between them.
  static bool continues(const std::byte* magic) {
    const std::uint64_t number = le32({magic, magic_bytes}, 0);
    return number == ZSTD_MAGICNUMBER ||
           (number & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
  }

 private:
  ZSTD_DStream* stream_ = nullptr;
  bool fresh_ = true;  // nothing of the frame has come
  bool as_kernel_;
};

}  // namespace

common::Error zstd_error(std::size_t code, bool as_kernel) {
  switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_memory_allocation:
      return common::Error::system(ENOMEM, "decode zstd");
    case ZSTD_error_frameParameter_windowTooLarge:
      return corrupt(as_kernel ? "ZSTD-compressed data has too large a window size"
                               : "its window is too large");
    case ZSTD_error_checksum_wrong:
      return corrupt(as_kernel ? "ZSTD-compressed data is corrupt" : "bad checksum");
    case ZSTD_error_dstSize_tooSmall:
    case ZSTD_error_corruption_detected:
      return corrupt(as_kernel ? "ZSTD-compressed data is corrupt" : "damaged");
    default:
      return corrupt(as_kernel ? "ZSTD-compressed data is probably corrupt" : "damaged");
  }
}

DecoderPtr make_zstd_stream(const DecoderOptions& options) {
  return make_decoder<MemberDecoder<ZstdCodec>>(options);
}

}  // namespace rdload
