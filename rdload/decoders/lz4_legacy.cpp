// The LZ4 legacy frame (lz4 -l), the one that the kernel takes: a magic number, then blocks of up
// to 8 MiB, each with its size before it. It has no checksum and no end mark: it ends with the
// source, with a size of 0 (padding) or of 0xffffffff (erased flash). The kernel's ends with the
// source alone.
#include <lz4.h>

#include <cerrno>
#include <cstdint>

#include "rdload/bytes.hpp"
#include "rdload/decoders/block_decoder.hpp"
#include "rdload/decoders/decoders.hpp"
#include "rdload/decoders/member_decoder.hpp"

namespace rdload {
namespace {

constexpr std::uint64_t magic = 0x184c2102;
constexpr int block_bytes = 8 << 20;

const char* as_text(std::span<const std::byte> bytes) {
  return static_cast<const char*>(static_cast<const void*>(bytes.data()));
}

class Lz4LegacyDecoder final : public BlockDecoder {
 public:
  explicit Lz4LegacyDecoder(const DecoderOptions& options) : as_kernel_(options.as_kernel) {}

  common::Result<Step> decode(Input& input, Output& output) override {
    for (;;) {
      if (!hand_out(output)) return Step::more;
      if (size_ == 0) {
        if (!gather(input, 4)) return at_size(input);
        const std::uint64_t number = le32(packed(), 0);
        drop();
        if (!begun_ && number != magic) return corrupt(as_kernel_ ? "invalid header" : "no header");
        begun_ = true;
        if (number == magic) continue;
        if (!as_kernel_ && (number == 0 || number == 0xffffffff)) return Step::finished;
        if (number == 0) {
          empty_block_ = true;
          return corrupt("Decoding failed");
        }
        if (number > std::uint64_t{LZ4_COMPRESSBOUND(block_bytes)})
          return corrupt(as_kernel_ ? "chunk length is longer than allocated"
                                    : "a block of an impossible size");
        size_ = static_cast<std::size_t>(number);
      }
      if (!gather(input, size_)) {
        if (out_of_memory()) return common::Error::system(ENOMEM, "decode lz4");
        return Step::more;
      }
      std::byte* const plain = room(block_bytes);
      if (plain == nullptr) return common::Error::system(ENOMEM, "decode lz4");
      const int made =
          LZ4_decompress_safe(as_text(packed()), static_cast<char*>(static_cast<void*>(plain)),
                              static_cast<int>(size_), block_bytes);
      if (made < 0) return corrupt(as_kernel_ ? "Decoding failed" : "damaged");
      decoded(static_cast<std::size_t>(made));
      drop();
      size_ = 0;
    }
  }

  [[nodiscard]] bool may_end() const override { return begun_ && size_ == 0; }
  // The kernel's asks for a block's size, then for the block; what comes short is no end to it, and
  // a block of 0 bytes is one.
  [[nodiscard]] unsigned ends_met(bool truncated) const override {
    return empty_block_ || (truncated && packed().empty()) ? 1 : 0;
  }

 private:
  // The source ends where a size would begin: that is how such a frame ends.
  common::Result<Step> at_size(const Input& input) {
    if (out_of_memory()) return common::Error::system(ENOMEM, "decode lz4");
    if (!input.last || !begun_) return Step::more;
    for (const std::byte byte : packed())
      if (as_kernel_ || byte != std::byte{0}) return packed().empty() ? Step::finished : Step::more;
    return Step::finished;
  }

  bool as_kernel_;
  bool begun_ = false;
  bool empty_block_ = false;
  std::size_t size_ = 0;  // of the block that is being gathered
};

}  // namespace

DecoderPtr make_lz4(const DecoderOptions& options) {
  return make_decoder<Lz4LegacyDecoder>(options);
}

}  // namespace rdload
