// gzip by ISA-L: on x86-64 and arm64 more than twice as fast as zlib.
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include "rdload/decoders/decoders.hpp"
#include "rdload/decoders/gzip_frame.hpp"

namespace rdload {
namespace {

class IsalInflater {
 public:
  bool start() {
    isal_inflate_init(&state_);
    return true;
  }

  Inflated run(Input& input, Output& output) {
    // ISA-L declares its input without const, and never writes to it.
    state_.next_in =
        static_cast<std::uint8_t*>(static_cast<void*>(const_cast<std::byte*>(input.next)));
    state_.avail_in = static_cast<std::uint32_t>(std::min<std::size_t>(input.left, limit));
    state_.next_out = static_cast<std::uint8_t*>(static_cast<void*>(output.next));
    state_.avail_out = static_cast<std::uint32_t>(std::min<std::size_t>(output.left, limit));
    const std::uint32_t had_in = state_.avail_in;
    const std::uint32_t had_out = state_.avail_out;
    const int outcome = isal_inflate(&state_);
    input.next += had_in - state_.avail_in;
    input.left -= had_in - state_.avail_in;
    output.next += had_out - state_.avail_out;
    output.left -= had_out - state_.avail_out;
    if (outcome < 0) return Inflated::corrupt;
    return state_.block_state == ISAL_BLOCK_FINISH ? Inflated::finished : Inflated::more;
  }

  // Whole bytes behind the stream that are in the library's bit buffer already.
  std::size_t take_back(std::byte* bytes) {
    state_.read_in >>= state_.read_in_length % 8;
    std::size_t count = 0;
    for (; state_.read_in_length >= 8; state_.read_in_length -= 8) {
      bytes[count++] = static_cast<std::byte>(state_.read_in & 0xff);
      state_.read_in >>= 8;
    }
    return count;
  }

  static std::uint32_t checksum(std::uint32_t crc, Bytes bytes) {
    return crc32_gzip_refl(
        crc, static_cast<const unsigned char*>(static_cast<const void*>(bytes.data())),
        bytes.size());
  }

 private:
  static constexpr std::size_t limit = 1u << 30;  // ISA-L counts in 32 bits
  inflate_state state_;
};

}  // namespace

DecoderPtr make_gzip_isal(const DecoderOptions& options) {
  return make_decoder<GzipDecoder<IsalInflater>>(options);
}

}  // namespace rdload
