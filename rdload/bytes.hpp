// Numbers out of a probe that may be shorter than the field: missing bytes read as zero.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace rdload {

using Bytes = std::span<const std::byte>;

inline std::uint64_t byte_at(Bytes bytes, std::size_t at) {
  return at < bytes.size() ? std::to_integer<std::uint64_t>(bytes[at]) : 0;
}

inline std::uint64_t little_endian(Bytes bytes, std::size_t at, unsigned width) {
  std::uint64_t value = 0;
  for (unsigned i = width; i-- > 0;) value = value << 8 | byte_at(bytes, at + i);
  return value;
}

inline std::uint64_t big_endian(Bytes bytes, std::size_t at, unsigned width) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < width; ++i) value = value << 8 | byte_at(bytes, at + i);
  return value;
}

inline std::uint64_t le16(Bytes bytes, std::size_t at) {
  return little_endian(bytes, at, 2);
}
inline std::uint64_t le32(Bytes bytes, std::size_t at) {
  return little_endian(bytes, at, 4);
}
inline std::uint64_t le64(Bytes bytes, std::size_t at) {
  return little_endian(bytes, at, 8);
}
inline std::uint64_t be32(Bytes bytes, std::size_t at) {
  return big_endian(bytes, at, 4);
}

inline std::uint64_t kib_rounded_up(std::uint64_t bytes) {
  return bytes / 1024 + (bytes % 1024 != 0 ? 1 : 0);
}

}  // namespace rdload
