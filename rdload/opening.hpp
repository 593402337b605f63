// The look at a source's first bytes, with which every load and probe begins.
#pragma once

#include "common/error.hpp"
#include "rdload/identify.hpp"
#include "rdload/load.hpp"
#include "rdload/source.hpp"

namespace rdload {

struct OpenedImage {
  Image image;                    // of a wrapper, what it wraps
  bool wrapped = false;           // in a uImage header, which has been dropped from the source
  std::uint32_t payload_crc = 0;  // CRC-32 that the wrapper states for its contents
};

// Identifies what `source` holds and leaves it before the image's first byte. A wrapper's header,
// which nobody will read any more, goes to `digest` unless that is nullptr. Errors: the source's;
// corrupt for a wrapper whose own checksum is wrong.
common::Result<OpenedImage> open_image(Source& source, Rows rows, Digest* digest = nullptr);

}  // namespace rdload
