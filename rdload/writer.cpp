#include "rdload/writer.hpp"

#include "common/sizes.hpp"
#include "rdload/zero.hpp"

namespace rdload {

using common::Done;
using common::Status;

Writer::Writer(Target& target, Digest* digest, Lane* lane)
    : target_(target), digest_(digest), lane_(lane) {
  const std::size_t count = lane == nullptr ? 1 : most_pieces;
  for (std::size_t i = 0; i < count; ++i) {
    pieces_[i].writer = this;
    pieces_[i].buffer = Buffer(piece_bytes);
    ok_ = ok_ && pieces_[i].buffer.ok();
  }
}

Writer::~Writer() {
  if (lane_ != nullptr) lane_->wait(0);  // the pieces go away with this
}

Status Writer::add(std::size_t size) {
  fill_ += size;
  total_ += size;
  return fill_ == piece_bytes ? hand_over() : Status(Done{});
}

Status Writer::hand_over() {
  Piece& piece = pieces_[at_];
  piece.size = common::at_most(fill_, target_.capacity() - sent_);
  if (piece.size < fill_) {
    overflow_ += fill_ - piece.size;
    if (!all_zero(piece.buffer.span().subspan(piece.size, fill_ - piece.size)))
      overflow_is_zero_ = false;
  }
  sent_ += piece.size;
  fill_ = 0;
  if (lane_ == nullptr) return write(piece);
  lane_->begin(write_job, &piece);
  at_ = (at_ + 1) % most_pieces;
  lane_->wait(most_pieces - 1);
  return pieces_[at_].failed ? wait() : Status(Done{});
}

Status Writer::flush() {
  if (fill_ > 0 || total_ == 0) {
    const Status status = hand_over();
    if (!status) return status;
  }
  return wait();
}

Status Writer::wait() {
  if (lane_ != nullptr) lane_->wait(0);
  return status_;
}

void Writer::write_job(void* piece) {
  auto& job = *static_cast<Piece*>(piece);
  Writer& writer = *job.writer;
  if (writer.status_) writer.status_ = writer.write(job);
  job.failed = !writer.status_;
}

Status Writer::write(const Piece& piece) {
  if (!prepared_) {
    prepared_ = true;
    const Status status = target_.prepare();
    if (!status) return status;
  }
  if (piece.size == 0) return Done{};
  if (digest_ != nullptr) digest_->update({piece.buffer.data(), piece.size});
  return target_.write(piece.buffer.data(), piece.size);
}

}  // namespace rdload
