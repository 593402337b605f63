// U-Boot's legacy image header: 64 bytes before the contents (include/image.h of U-Boot). What
// U-Boot was given with such a header it will want with one again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mkramdisk::wrap {

using UImageHeader = std::array<std::byte, 64>;

// The checksum (CRC-32) that `header` states for its contents.
std::uint32_t stated_crc(const UImageHeader& header);

// `header` for other contents of `size` bytes with the checksum `crc`. Its time, addresses, system,
// architecture, type and name stay; the compression becomes "none", as it must be of an initramfs.
UImageHeader header_for(UImageHeader header, std::uint32_t size, std::uint32_t crc);

}  // namespace mkramdisk::wrap
