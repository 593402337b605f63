// Compressed archives, decompressed as they are read.
#pragma once

#include <memory>
#include <string>

#include "mkramdisk/byte_source.hpp"

namespace mkramdisk {

// What `packed` holds from here on, decompressed; null when that is in no known compression. Once
// it has come to its end, `packed` stands right behind the compressed bytes. `packed` must outlive
// it; `name` is for messages. Reading fails with corrupt where the compression is damaged or ends
// early.
common::Result<std::unique_ptr<ByteSource>> unpack(ByteSource& packed, const std::string& name);

}  // namespace mkramdisk
