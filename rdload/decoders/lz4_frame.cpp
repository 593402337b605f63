// The modern LZ4 frame, which the kernel does not know.
#include <lz4frame.h>

#include <cerrno>
#include <cstdint>

#include "rdload/bytes.hpp"
#include "rdload/decoders/decoders.hpp"
#include "rdload/decoders/member_decoder.hpp"

namespace rdload {
namespace {

class Lz4FrameCodec {
 public:
  static constexpr std::size_t magic_bytes = 4;

  explicit Lz4FrameCodec(const DecoderOptions& /*options*/) {}
  Lz4FrameCodec(const Lz4FrameCodec&) = delete;
  Lz4FrameCodec& operator=(const Lz4FrameCodec&) = delete;
  ~Lz4FrameCodec() { LZ4F_freeDecompressionContext(context_); }

  bool start() {
    if (context_ != nullptr) {
      LZ4F_resetDecompressionContext(context_);
      return true;
    }
    return LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) == 0;
  }

  common::Result<Step> run(Input& input, Output& output) {
    std::size_t used = input.left;
    std::size_t made = output.left;
    const std::size_t outcome =
        LZ4F_decompress(context_, output.next, &made, input.next, &used, nullptr);
    if (LZ4F_isError(outcome) != 0)
      return common::Error::of(common::Failure::corrupt, "damaged (%s)",
                               LZ4F_getErrorName(outcome));
    advance(input, used);
    advance(output, made);
    return outcome == 0 ? Step::finished : Step::more;
  }

  static bool continues(const std::byte* magic) {
    const std::uint64_t number = le32({magic, magic_bytes}, 0);
    return number == 0x184d2204 || (number & 0xfffffff0) == 0x184d2a50;
  }

 private:
  LZ4F_dctx* context_ = nullptr;
};

}  // namespace

DecoderPtr make_lz4_frame(const DecoderOptions& options) {
  return make_decoder<MemberDecoder<Lz4FrameCodec>>(options);
}

}  // namespace rdload
