// Gathers an image into large aligned pieces and hands them to the target.
#pragma once

#include <cstdint>

#include "rdload/buffer.hpp"
#include "rdload/decoder.hpp"
#include "rdload/load.hpp"
#include "rdload/target.hpp"

namespace rdload {

class Writer {
 public:
  static constexpr std::size_t piece_bytes = 1u << 20;

  // `target` is prepared when the first piece is written. `digest` may be nullptr.
  Writer(Target& target, Digest* digest) : target_(target), digest_(digest), buffer_(piece_bytes) {}

  [[nodiscard]] bool ok() const { return buffer_.ok(); }
  // Where the next bytes go; never empty.
  [[nodiscard]] Output room() const { return {buffer_.data() + fill_, piece_bytes - fill_}; }
  // Takes the `size` bytes that were put at room(). Writes once a piece is full.
  common::Status add(std::size_t size);
  // Writes what is left.
  common::Status flush();
  // What add() has taken and not yet written, from the front of a piece.
  [[nodiscard]] std::span<const std::byte> pending() const { return {buffer_.data(), fill_}; }

  // Bytes that came, whether or not they fitted.
  [[nodiscard]] std::uint64_t total() const { return total_; }
  // Bytes that did not fit any more. They are counted and dropped.
  [[nodiscard]] std::uint64_t overflow() const { return overflow_; }
  [[nodiscard]] bool overflow_is_zero() const { return overflow_is_zero_; }

 private:
  Target& target_;
  Digest* digest_;
  Buffer buffer_;
  std::size_t fill_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t overflow_ = 0;
  bool overflow_is_zero_ = true;
  bool prepared_ = false;
};

}  // namespace rdload
