// lzop's container around LZO1X blocks. The kernel reads it without looking at any checksum.
#include <lzo/lzo1x.h>

#include <cerrno>
#include <cstdint>

#include "rdload/bytes.hpp"
#include "rdload/crc32.hpp"
#include "rdload/decoders/block_decoder.hpp"
#include "rdload/decoders/decoders.hpp"
#include "rdload/decoders/member_decoder.hpp"

namespace rdload {
namespace {

constexpr std::uint64_t adler_of_plain = 0x1;
constexpr std::uint64_t adler_of_packed = 0x2;
constexpr std::uint64_t extra_field = 0x40;
constexpr std::uint64_t crc_of_plain = 0x100;
constexpr std::uint64_t crc_of_packed = 0x200;
constexpr std::uint64_t has_filter = 0x800;
constexpr std::uint64_t header_has_crc = 0x1000;
constexpr std::uint64_t levels_since = 0x0940;  // the version from which fields were added
constexpr std::size_t magic_bytes = 9;
constexpr std::uint64_t largest_block = 64u << 20;  // lzop's own limit; the kernel's is 256 KiB
constexpr std::uint64_t kernel_block = 256u << 10;

const unsigned char* as_chars(const std::byte* bytes) {
  return static_cast<const unsigned char*>(static_cast<const void*>(bytes));
}

std::uint64_t checksum(bool crc, Bytes bytes) {
  // lzo's functions count in its own 64-bit type and take what fits in 32 bits.
  return crc ? lzo_crc32(0, as_chars(bytes.data()), bytes.size())
             : lzo_adler32(1, as_chars(bytes.data()), bytes.size());
}

class LzoDecoder final : public BlockDecoder {
 public:
  explicit LzoDecoder(const DecoderOptions& options) : as_kernel_(options.as_kernel) {}

  common::Result<Step> decode(Input& input, Output& output) override {
    for (;;) {
      if (!hand_out(output)) return Step::more;
      if (finished_) return Step::finished;
      // Every state names how many bytes it must see; they only grow, from the same start.
      if (!gather(input, wanted_)) {
        if (out_of_memory()) return common::Error::system(ENOMEM, "decode lzo");
        return Step::more;
      }
      const common::Status status = in_header_ ? read_header() : read_block();
      if (!status) return status.error();
    }
  }

  // The kernel's asks for a block's unpacked size, for its packed size and one checksum, then for
  // the block; what comes short is no end to it.
  [[nodiscard]] unsigned ends_met(bool truncated) const override {
    const std::size_t had = packed().size();
    return truncated && (had == 0 || had == 4 || had == 12) ? 1 : 0;
  }

 private:
  common::Error bad(const char* kernel, const char* own) const {
    return corrupt(as_kernel_ ? kernel : own);
  }

  common::Status read_header() {
    const Bytes at = packed();
    if (std::memcmp(at.data(), "\x89LZO\0\r\n\x1a\n", magic_bytes) != 0)
      return bad("invalid header", "not an lzop header");
    const bool newer = big_endian(at, 9, 2) >= levels_since;
    const std::size_t flags_at = magic_bytes + (newer ? 8 : 5);
    flags_ = be32(at, flags_at);
    const std::size_t name_at = flags_at + ((flags_ & has_filter) != 0 ? 8 : 4) + (newer ? 12 : 8);
    if (!have(name_at + 1)) return common::Done{};
    const std::size_t sum_at = name_at + 1 + byte_at(at, name_at);
    if (!have(sum_at + 4)) return common::Done{};
    std::size_t end = sum_at + 4;
    if (!as_kernel_ && (flags_ & extra_field) != 0) {
      if (!have(end + 4)) return common::Done{};
      const std::uint64_t length = be32(at, end);
      if (length > (1u << 20)) return corrupt("an extra field of an impossible size");
      end += 4 + length + 4;
      if (!have(end)) return common::Done{};
    }
    if (!as_kernel_ && checksum((flags_ & header_has_crc) != 0,
                                at.subspan(magic_bytes, sum_at - magic_bytes)) != be32(at, sum_at))
      return corrupt("bad checksum of the header");
    if (!as_kernel_ && (flags_ & has_filter) != 0)
      return common::Error::of(common::Failure::not_usable, "written with a filter");
    in_header_ = false;
    next_block();
    return common::Done{};
  }

  // True when `size` bytes of the header are there; otherwise they are waited for.
  bool have(std::size_t size) {
    if (packed().size() >= size) return true;
    wanted_ = size;
    return false;
  }

  void next_block() {
    drop();
    wanted_ = 4;
  }

  common::Status read_block() {
    const Bytes at = packed();
    const std::uint64_t plain = be32(at, 0);
    if (plain == 0) {
      finished_ = true;
      return common::Done{};
    }
    if (plain > (as_kernel_ ? kernel_block : largest_block))
      return bad("dest len longer than block size", "a block of an impossible size");
    if (!have(8)) return common::Done{};
    const std::uint64_t packed_size = be32(at, 4);
    if (packed_size == 0 || packed_size > plain)
      return bad("file corrupted", "a block of an impossible size");
    const bool stored = packed_size == plain;
    std::size_t data_at = 8;
    for (const std::uint64_t sum : {adler_of_plain, crc_of_plain})
      if ((flags_ & sum) != 0) data_at += 4;
    for (const std::uint64_t sum : {adler_of_packed, crc_of_packed})
      if (!stored && (flags_ & sum) != 0) data_at += 4;
    if (!have(data_at + packed_size)) return common::Done{};
    const common::Status unpacked = unpack(at.subspan(data_at), plain, stored);
    if (!unpacked) return unpacked;
    if (!as_kernel_ && !sums_are_right(plain, at.subspan(data_at), stored))
      return corrupt("bad checksum");
    decoded(plain);
    next_block();
    return common::Done{};
  }

  common::Status unpack(Bytes data, std::size_t plain, bool stored) {
    std::byte* const to = room(plain);
    if (to == nullptr) return common::Error::system(ENOMEM, "decode lzo");
    if (stored) {
      std::memcpy(to, data.data(), plain);
      return common::Done{};
    }
    lzo_uint made = plain;
    const int outcome =
        lzo1x_decompress_safe(as_chars(data.data()), data.size(),
                              static_cast<unsigned char*>(static_cast<void*>(to)), &made, nullptr);
    if (outcome != LZO_E_OK || made != plain) return bad("Compressed data violation", "damaged");
    return common::Done{};
  }

  bool sums_are_right(std::size_t plain, Bytes data, bool stored) {
    std::size_t at = 8;
    for (const std::uint64_t sum : {adler_of_plain, crc_of_plain}) {
      if ((flags_ & sum) == 0) continue;
      if (checksum(sum == crc_of_plain, {room(plain), plain}) != be32(packed(), at)) return false;
      at += 4;
    }
    for (const std::uint64_t sum : {adler_of_packed, crc_of_packed}) {
      if (stored || (flags_ & sum) == 0) continue;
      if (checksum(sum == crc_of_packed, data) != be32(packed(), at)) return false;
      at += 4;
    }
    return true;
  }

  bool as_kernel_;
  bool in_header_ = true;
  bool finished_ = false;
  std::size_t wanted_ = magic_bytes + 12;  // up to the flags
  std::uint64_t flags_ = 0;
};

}  // namespace

DecoderPtr make_lzo(const DecoderOptions& options) {
  return make_decoder<LzoDecoder>(options);
}

}  // namespace rdload
