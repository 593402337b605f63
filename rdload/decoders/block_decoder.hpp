// Formats made of whole blocks with sizes before them: a block is gathered, decoded at once, and
// handed out piece by piece.
#pragma once

#include <algorithm>
#include <cstring>

#include "rdload/buffer.hpp"
#include "rdload/decoder.hpp"

namespace rdload {

class BlockDecoder : public Decoder {
 protected:
  // Gathers `wanted` bytes in packed(). False while they are not all there.
  bool gather(Input& input, std::size_t wanted) {
    if (packed_.size() < wanted && !grow(packed_, wanted)) return false;
    const std::size_t now = std::min(wanted - gathered_, input.left);
    if (now > 0) std::memcpy(packed_.data() + gathered_, input.next, now);
    gathered_ += now;
    input.next += now;
    input.left -= now;
    return gathered_ == wanted;
  }
  void drop() { gathered_ = 0; }
  [[nodiscard]] std::span<const std::byte> packed() const { return {packed_.data(), gathered_}; }

  // Room for a decoded block of `size` bytes, or nullptr.
  std::byte* room(std::size_t size) {
    if (plain_.size() < size && !grow(plain_, size)) return nullptr;
    return plain_.data();
  }
  void decoded(std::size_t size) {
    given_ = 0;
    ready_ = size;
  }
  // Hands out what is decoded. True once all of it is gone.
  bool hand_out(Output& output) {
    const std::size_t now = std::min(ready_ - given_, output.left);
    if (now > 0) std::memcpy(output.next, plain_.data() + given_, now);
    given_ += now;
    output.next += now;
    output.left -= now;
    return given_ == ready_;
  }
  [[nodiscard]] bool out_of_memory() const { return out_of_memory_; }

 private:
  // Each block is a little larger or smaller than the one before it; at most a few of them cost a
  // new buffer. What of it is never touched takes no memory.
  bool grow(Buffer& buffer, std::size_t size) {
    out_of_memory_ = !buffer.grow(std::max(size, 2 * buffer.size()));
    return !out_of_memory_;
  }

  Buffer packed_;
  Buffer plain_;
  std::size_t gathered_ = 0;
  std::size_t ready_ = 0;
  std::size_t given_ = 0;
  bool out_of_memory_ = false;
};

}  // namespace rdload
