// xz and the older .lzma, by liblzma.
#include <lzma.h>

#include <cerrno>
#include <cstdint>

#include "rdload/decoders/decoders.hpp"
#include "rdload/decoders/member_decoder.hpp"
#include "rdload/decoders/xz_head.hpp"

namespace rdload {
namespace {

// A damaged header can ask for a dictionary of 4 GiB; xz -9 writes one of 64 MiB.
constexpr std::uint64_t memory_limit = 1u << 30;

class LzmaCodec {
 public:
  LzmaCodec(const DecoderOptions& options, bool alone) : options_(options), alone_(alone) {}
  LzmaCodec(const LzmaCodec&) = delete;
  LzmaCodec& operator=(const LzmaCodec&) = delete;
  ~LzmaCodec() { lzma_end(&stream_); }

  bool start() {
    if (alone_) return lzma_alone_decoder(&stream_, memory_limit) == LZMA_OK;
    head_ = XzHead();
    looking_ = options_.threads > 1;
    return looking_ || lzma_stream_decoder(&stream_, memory_limit, 0) == LZMA_OK;
  }

  common::Result<Step> run(Input& input, Output& output) {
    if (!looking_) return run_on(input, output);
    if (!head_.gather(input)) return Step::more;
    looking_ = false;
    if (!start_as_head_tells()) return common::Error::system(ENOMEM, "decode xz");
    Input head = head_.gathered();
    const auto step = run_on(head, output);
    if (!step || *step == Step::finished || input.left == 0) return step;
    return run_on(input, output);
  }

 private:
  // A block for each thread, and no more: liblzma would hold as many again that wait to be taken.
  bool start_as_head_tells() {
    const std::uint64_t block = head_.block_memory(options_.packed_bytes);
    if (block == 0 || block > options_.memory / 2)
      return lzma_stream_decoder(&stream_, memory_limit, 0) == LZMA_OK;
    lzma_mt several{};
    several.threads = options_.threads;
    several.memlimit_threading = std::min<std::uint64_t>(options_.memory, block * options_.threads);
    several.memlimit_stop = memory_limit;
    return lzma_stream_decoder_mt(&stream_, &several) == LZMA_OK;
  }

  common::Result<Step> run_on(Input& input, Output& output) {
    stream_.next_in = static_cast<const std::uint8_t*>(static_cast<const void*>(input.next));
    stream_.avail_in = input.left;
    stream_.next_out = static_cast<std::uint8_t*>(static_cast<void*>(output.next));
    stream_.avail_out = output.left;
    const lzma_ret outcome = lzma_code(&stream_, input.last ? LZMA_FINISH : LZMA_RUN);
    advance(input, input.left - stream_.avail_in);
    advance(output, output.left - stream_.avail_out);
    switch (outcome) {
      case LZMA_OK:
      case LZMA_BUF_ERROR:  // no progress with what there was: the caller sees that it is cut
        return unsupported() ? refusal() : common::Result<Step>(Step::more);
      case LZMA_STREAM_END:
        return unsupported() ? refusal() : common::Result<Step>(Step::finished);
      case LZMA_MEM_ERROR:
        return common::Error::system(ENOMEM, "decode %s", alone_ ? "lzma" : "xz");
      case LZMA_MEMLIMIT_ERROR:
        return common::Error::of(common::Failure::not_usable,
                                 "its dictionary needs more than 1 GiB of memory");
      case LZMA_OPTIONS_ERROR:
        return refusal();
      default:
        break;
    }
    if (unsupported()) return refusal();  // known from the first bytes, before any damage
    if (!options_.as_kernel)
      return corrupt(outcome == LZMA_FORMAT_ERROR ? "not such a header"
                                                  : "damaged, or a bad check");
    return corrupt(alone_ ? "LZMA data is corrupt" : "XZ-compressed data is corrupt");
  }

  // The kernel is built without XZ_DEC_ANY_CHECK.
  [[nodiscard]] bool unsupported() const {
    return options_.as_kernel && !alone_ && lzma_get_check(&stream_) > LZMA_CHECK_CRC32;
  }
  [[nodiscard]] common::Error refusal() const {
    return common::Error::of(common::Failure::not_usable, "%s",
                             options_.as_kernel
                                 ? "Input was encoded with settings that are not supported by "
                                   "this XZ decoder"
                                 : "written with filters that liblzma does not know");
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
  DecoderOptions options_;
  bool alone_;
  bool looking_ = false;  // at the stream's head, to choose how to decode it
  XzHead head_;
};

class XzCodec : public LzmaCodec {
 public:
  static constexpr std::size_t magic_bytes = 6;
  // Its decoder lets pass one call that gets nowhere.
  static constexpr unsigned ends_met = 2;
  explicit XzCodec(const DecoderOptions& options) : LzmaCodec(options, false) {}
  static bool continues(const std::byte* magic) {
    return std::memcmp(magic, "\xfd\x37zXZ\0", magic_bytes) == 0;
  }
};

class AloneCodec : public LzmaCodec {
 public:
  static constexpr std::size_t magic_bytes = 1;
  explicit AloneCodec(const DecoderOptions& options) : LzmaCodec(options, true) {}
  static bool continues(const std::byte* /*magic*/) { return false; }  // it has no magic to see
};

}  // namespace

DecoderPtr make_xz(const DecoderOptions& options) {
  return make_decoder<MemberDecoder<XzCodec>>(options);
}

DecoderPtr make_lzma(const DecoderOptions& options) {
  return make_decoder<MemberDecoder<AloneCodec>>(options);
}

}  // namespace rdload
