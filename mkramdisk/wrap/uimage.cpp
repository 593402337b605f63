#include "mkramdisk/wrap/uimage.hpp"

#include <span>

#include "rdload/bytes.hpp"
#include "rdload/crc32.hpp"

namespace mkramdisk::wrap {
namespace {

constexpr std::size_t header_crc = 4, data_size = 12, data_crc = 24, compression = 31;

void put_be32(UImageHeader& header, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i)
    header[at + i] = static_cast<std::byte>(value >> (24 - 8 * i));
}

}  // namespace

std::uint32_t stated_crc(const UImageHeader& header) {
  return static_cast<std::uint32_t>(rdload::be32(header, data_crc));
}

UImageHeader header_for(UImageHeader header, std::uint32_t size, std::uint32_t crc) {
  put_be32(header, data_size, size);
  put_be32(header, data_crc, crc);
  header[compression] = std::byte{0};
  put_be32(header, header_crc, 0);  // its own checksum counts as zero
  put_be32(header, header_crc, rdload::crc32_of(header));
  return header;
}

}  // namespace mkramdisk::wrap
