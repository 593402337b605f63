// Gathers an image into large aligned pieces and hands them to the target: at once, or on a lane
// while the next piece is gathered.
#pragma once

#include <cstdint>

#include "rdload/buffer.hpp"
#include "rdload/decoder.hpp"
#include "rdload/lane.hpp"
#include "rdload/load.hpp"
#include "rdload/target.hpp"

namespace rdload {

class Writer {
 public:
  static constexpr std::size_t piece_bytes = 1u << 20;

  // `target` is prepared when the first piece is written; between the first add() and wait() it is
  // the writer's alone, and so is `digest`. `digest` and `lane` may be nullptr.
  Writer(Target& target, Digest* digest, Lane* lane);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();

  [[nodiscard]] bool ok() const { return ok_; }
  // Where the next bytes go; never empty.
  [[nodiscard]] Output room() const { return {filling().data() + fill_, piece_bytes - fill_}; }
  // Takes the `size` bytes that were put at room(). Writes once a piece is full. An error may be
  // that of a piece before.
  common::Status add(std::size_t size);
  // Writes what is left, and waits for it.
  common::Status flush();
  // Waits until nobody writes any more; before that nobody may look at the target. An error came
  // before any that the caller has met by itself.
  common::Status wait();

  // Bytes that came, whether or not they fitted.
  [[nodiscard]] std::uint64_t total() const { return total_; }
  // Bytes that did not fit any more. They are counted and dropped.
  [[nodiscard]] std::uint64_t overflow() const { return overflow_; }
  [[nodiscard]] bool overflow_is_zero() const { return overflow_is_zero_; }

 private:
  // One is gathered, one written, and one is there for whichever of the two is slower by turns.
  static constexpr std::size_t most_pieces = 3;
  static_assert(most_pieces <= Lane::most);
  struct Piece {
    Writer* writer = nullptr;
    Buffer buffer;
    std::size_t size = 0;
    bool failed = false;  // this one, or one before it
  };

  [[nodiscard]] const Buffer& filling() const { return pieces_[at_].buffer; }
  common::Status hand_over();
  common::Status write(const Piece& piece);
  static void write_job(void* piece);

  Target& target_;
  Digest* digest_;
  Lane* lane_;
  Piece pieces_[most_pieces];
  std::size_t at_ = 0;  // the piece that is gathered
  std::size_t fill_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t sent_ = 0;  // bytes handed to the target, or about to be
  std::uint64_t overflow_ = 0;
  bool overflow_is_zero_ = true;
  bool ok_ = true;
  // The lane's, until wait().
  bool prepared_ = false;
  common::Status status_ = common::Done{};
};

}  // namespace rdload
