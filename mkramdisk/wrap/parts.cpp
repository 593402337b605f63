#include "mkramdisk/wrap/parts.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include "common/io.hpp"
#include "rdload/crc32.hpp"
#include "rdload/sha256.hpp"

namespace mkramdisk::wrap {

using common::Done;
using common::Error;
using common::Result;
using common::Status;

Status read_range(const FileRange& range, const Taker& take) {
  std::vector<std::byte> buffer(std::min<std::uint64_t>(range.bytes, 1 << 20));
  for (std::uint64_t done = 0; done < range.bytes;) {
    const auto piece =
        std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), range.bytes - done));
    const auto got = common::pread_full(range.fd, piece, range.begin + done, range.name.c_str());
    if (!got) return got.error();
    if (*got < piece.size())
      return Error::system(EIO, "read %s: it became shorter while it was read", range.name.c_str());
    if (auto status = take(piece); !status) return status;
    done += piece.size();
  }
  return Done{};
}

Result<Sums> sums_of(const FileRange& range) {
  rdload::Sha256 sha;
  Sums sums;
  const Status read = read_range(range, [&](Bytes piece) -> Status {
    sha.update(piece);
    sums.crc = rdload::crc32_of(piece, sums.crc);
    return Done{};
  });
  if (!read) return read.error();
  std::array<std::byte, rdload::Digest::most_bytes> sum{};
  const std::size_t length = sha.finish(sum.data());
  constexpr const char* digits = "0123456789abcdef";
  for (const std::byte byte : std::span(sum).first(length)) {
    sums.sha256 += digits[std::to_integer<unsigned>(byte) >> 4];
    sums.sha256 += digits[std::to_integer<unsigned>(byte) & 15];
  }
  return sums;
}

}  // namespace mkramdisk::wrap
