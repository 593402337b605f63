// MD5 (RFC 1321) of one short text. It proves nothing to anybody who means harm: OpenWrt names a
// squashfs by it.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace linuxrc {

// Of at most 119 bytes, which is two blocks with their padding; longer ones are cut.
std::array<unsigned char, 16> md5_of(std::span<const std::byte> text);

}  // namespace linuxrc
