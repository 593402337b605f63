// Where a zstd frame ends, told from its headers alone (RFC 8878, section 3.1.1), so that frames
// can be decoded beside one another.
#pragma once

#include <algorithm>
#include <cstdint>

#include "rdload/bytes.hpp"

namespace rdload {

class ZstdScan {
 public:
  static constexpr std::size_t block_bytes = 128 * 1024;  // the most that a block decodes to

  // `frame` is what there is of it, from its magic number on. Returns how many bytes of it have to
  // be there before it can be told more; once that is no more than what is there, the frame is
  // whole.
  std::size_t wanted(Bytes frame) {
    if (at_ == 0) {
      if (frame.size() < 5) return 5;
      const std::uint64_t descriptor = byte_at(frame, 4);
      const bool single = (descriptor & 0x20) != 0;
      const auto size_field = static_cast<unsigned>(descriptor >> 6);
      constexpr unsigned dictionary_bytes[] = {0, 1, 2, 4};
      const unsigned size_bytes = size_field == 0 ? (single ? 1 : 0) : 1u << size_field;
      const std::size_t size_at = 5 + (single ? 0 : 1) + dictionary_bytes[descriptor & 3];
      if (frame.size() < size_at + size_bytes) return size_at + size_bytes;
      content_ = little_endian(frame, size_at, size_bytes) + (size_bytes == 2 ? 256 : 0);
      check_bytes_ = (descriptor & 4) != 0 ? 4 : 0;
      at_ = size_at + size_bytes;
    }
    while (!last_) {
      if (frame.size() < at_ + 3) return at_ + 3;
      const std::uint64_t header = little_endian(frame, at_, 3);
      const bool repeated = (header >> 1 & 3) == 1;  // one byte, many times
      at_ += 3 + (repeated ? 1 : static_cast<std::size_t>(header >> 3));
      last_ = (header & 1) != 0;
      ++blocks_;
      if (frame.size() < at_) break;
    }
    return at_ + (last_ ? check_bytes_ : 0);
  }

  // What the frame says that it decodes to, in bytes; 0 when it does not say. Known with its
  // header.
  [[nodiscard]] std::uint64_t content() const { return content_; }
  // At most so many bytes come out of the blocks seen so far.
  [[nodiscard]] std::size_t bound() const { return blocks_ * block_bytes; }

 private:
  std::size_t at_ = 0;  // of the next block's header
  std::size_t blocks_ = 0;
  std::size_t check_bytes_ = 0;
  std::uint64_t content_ = 0;
  bool last_ = false;
};

}  // namespace rdload
