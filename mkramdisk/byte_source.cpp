#include "mkramdisk/byte_source.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/io.hpp"

namespace mkramdisk {

using common::Result;

Result<std::span<const std::byte>> ByteSource::next() {
  using Bytes = std::span<const std::byte>;
  if (at_ == old_.size + new_.size) {
    if (ended_) return Bytes{};
    before_ += old_.size;
    std::swap(old_, new_);
    at_ = old_.size;
    new_.size = 0;
    if (!new_.bytes) new_.bytes = std::make_unique_for_overwrite<std::byte[]>(block);
    auto got = fill({new_.bytes.get(), block});
    if (!got) return got.error();
    new_.size = *got;
    ended_ = *got == 0;
  }
  const Buffer& in = at_ < old_.size ? old_ : new_;
  const std::size_t from = at_ < old_.size ? at_ : at_ - old_.size;
  at_ += in.size - from;
  return Bytes{in.bytes.get() + from, in.size - from};
}

Result<std::size_t> ByteSource::peek(std::span<std::byte> out) {
  std::size_t size = 0;
  std::size_t taken = 0;
  while (size < out.size()) {
    auto bytes = next();
    if (!bytes) return bytes.error();
    if (bytes->empty()) break;
    taken += bytes->size();
    const std::size_t now = std::min(bytes->size(), out.size() - size);
    std::memcpy(out.data() + size, bytes->data(), now);
    size += now;
  }
  give_back(taken);
  return size;
}

Result<bool> ByteSource::skip_zeros() {
  for (;;) {
    auto bytes = next();
    if (!bytes) return bytes.error();
    if (bytes->empty()) return false;
    const auto found =
        std::find_if(bytes->begin(), bytes->end(), [](std::byte b) { return b != std::byte{0}; });
    if (found == bytes->end()) continue;
    give_back(static_cast<std::size_t>(bytes->end() - found));
    return true;
  }
}

Result<std::size_t> FileBytes::fill(std::span<std::byte> out) {
  return common::read_full(fd_, out, name_.c_str());
}

}  // namespace mkramdisk
