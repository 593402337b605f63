#include "rdload/writer.hpp"

#include <algorithm>

#include "rdload/zero.hpp"

namespace rdload {

using common::Done;
using common::Status;

Status Writer::add(std::size_t size) {
  fill_ += size;
  total_ += size;
  return fill_ == piece_bytes ? flush() : Status(Done{});
}

Status Writer::flush() {
  if (!prepared_) {
    prepared_ = true;
    const Status status = target_.prepare();
    if (!status) return status;
  }
  const std::size_t fits = std::min<std::uint64_t>(fill_, target_.capacity() - target_.position());
  if (fits < fill_) {
    overflow_ += fill_ - fits;
    if (!all_zero({buffer_.data() + fits, fill_ - fits})) overflow_is_zero_ = false;
  }
  fill_ = 0;
  if (fits == 0) return Done{};
  if (digest_ != nullptr) digest_->update({buffer_.data(), fits});
  return target_.write(buffer_.data(), fits);
}

}  // namespace rdload
