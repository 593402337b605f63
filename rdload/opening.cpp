#include "rdload/opening.hpp"

#include <cstring>

#include "common/sizes.hpp"
#include "rdload/bytes.hpp"
#include "rdload/crc32.hpp"

namespace rdload {

using common::Error;
using common::Failure;
using common::Result;

namespace {

constexpr std::size_t uimage_header = 64;

// The header's checksum counts its own field as zero.
bool header_is_sound(Bytes header) {
  std::byte copy[uimage_header];
  std::memcpy(copy, header.data(), sizeof copy);
  std::memset(copy + 4, 0, 4);
  return crc32_of(copy) == be32(header, 4);
}

}  // namespace

Result<OpenedImage> open_image(Source& source, Rows rows, Digest* digest) {
  auto window = source.peek(rows == Rows::kernel ? kernel_window : identify_window);
  if (!window) return window.error();
  OpenedImage opened;
  opened.image = identify(*window, rows);
  if (!opened.image.is(Kind::wrapper)) return opened;
  if (window->size() < uimage_header || !header_is_sound(window->first(uimage_header)))
    return Error::of(Failure::corrupt, "%s: a uImage header with a bad checksum", source.name());
  if (opened.image.flaw != nullptr)
    return Error::of(Failure::not_usable, "%s: a uImage, and %s", source.name(), opened.image.flaw);
  const std::uint64_t payload = opened.image.payload_bytes;
  const std::uint64_t whole = uimage_header + payload;
  if (source.size() && *source.size() < whole)
    return Error::of(Failure::corrupt, "%s: a uImage of %llu bytes, of which only %llu are there",
                     source.name(), static_cast<unsigned long long>(whole),
                     static_cast<unsigned long long>(*source.size()));
  opened.wrapped = true;
  opened.payload_crc = static_cast<std::uint32_t>(be32(*window, 24));
  if (digest != nullptr) digest->update(window->first(uimage_header));
  source.skip_peeked(uimage_header);
  source.limit(payload);
  source.begin_crc();
  Bytes inside = window->subspan(uimage_header);
  inside = inside.first(common::at_most(inside.size(), payload));
  opened.image = identify(inside, rows);
  return opened;
}

}  // namespace rdload
