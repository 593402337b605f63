// The first bytes of an xz stream: do they promise blocks that can be decoded beside one another,
// and how much memory does one of them take?
#pragma once

#include <lzma.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "rdload/bytes.hpp"
#include "rdload/decoder.hpp"

namespace rdload {

class XzHead {
 public:
  // Takes the stream's header and that of its first block from `input`. True once they are there,
  // or never will be.
  bool gather(Input& input) {
    for (;;) {
      const std::size_t now = std::min(wanted() - size_, input.left);
      if (now == 0) return size_ == wanted() || input.last;
      std::memcpy(bytes_ + size_, input.next, now);
      size_ += now;
      input.next += now;
      input.left -= now;
    }
  }
  [[nodiscard]] Input gathered() const { return {bytes_, size_, false}; }

  // Bytes that a thread needs for a block such as that one: packed, at the worst as large as
  // unpacked, unpacked, and the dictionary. 0 when the header does not say (xz -T1 leaves the sizes
  // out) or when that block is all there is of an image of `packed_bytes` (0: not known).
  [[nodiscard]] std::uint64_t block_memory(std::uint64_t packed_bytes) const {
    lzma_stream_flags flags{};
    if (size_ <= stream_bytes || size_ < wanted() || bytes_[stream_bytes] == std::byte{0} ||
        lzma_stream_header_decode(&flags, as_chars()) != LZMA_OK)
      return 0;
    lzma_filter filters[LZMA_FILTERS_MAX + 1];
    lzma_block block{};
    block.version = 1;
    block.check = flags.check;
    block.filters = filters;
    block.header_size = static_cast<std::uint32_t>(size_ - stream_bytes);
    if (lzma_block_header_decode(&block, nullptr, as_chars() + stream_bytes) != LZMA_OK) return 0;
    const std::uint64_t dictionary = lzma_raw_decoder_memusage(filters);
    for (const lzma_filter* filter = filters; filter->id != LZMA_VLI_UNKNOWN; ++filter)
      std::free(filter->options);  // NOLINT(cppcoreguidelines-no-malloc): liblzma's malloc
    if (block.compressed_size == LZMA_VLI_UNKNOWN || block.uncompressed_size == LZMA_VLI_UNKNOWN ||
        dictionary == UINT64_MAX || block.uncompressed_size > UINT64_MAX / 4)
      return 0;
    const bool alone = packed_bytes != 0 && block.compressed_size > packed_bytes / 2;
    return alone ? 0 : 2 * block.uncompressed_size + dictionary + bookkeeping;
  }

 private:
  static constexpr std::size_t stream_bytes = LZMA_STREAM_HEADER_SIZE;
  static constexpr std::uint64_t bookkeeping = 64 * 1024;  // liblzma's own, and a block's ends

  [[nodiscard]] const std::uint8_t* as_chars() const {
    return static_cast<const std::uint8_t*>(static_cast<const void*>(bytes_));
  }
  // A block header's first byte tells its length; 0 stands before the index, where no block is.
  [[nodiscard]] std::size_t wanted() const {
    if (size_ <= stream_bytes) return stream_bytes + 1;
    const auto coded = std::to_integer<std::uint32_t>(bytes_[stream_bytes]);
    return coded == 0 ? stream_bytes + 1 : stream_bytes + lzma_block_header_size_decode(coded);
  }

  std::byte bytes_[stream_bytes + LZMA_BLOCK_HEADER_SIZE_MAX] = {};
  std::size_t size_ = 0;
};

}  // namespace rdload
