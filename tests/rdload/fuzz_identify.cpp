// Fuzz target: whatever the first bytes are, identification ends, and what it claims is coherent.
#include <cstdint>
#include <cstdlib>

#include "rdload/identify.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes(static_cast<const std::byte*>(static_cast<const void*>(data)), size);
  for (const auto rows : {rdload::Rows::kernel, rdload::Rows::all}) {
    const rdload::Image image = rdload::identify(bytes, rows);
    const bool sized = image.size_kib.has_value() || image.flaw != nullptr;
    if (image.is(rdload::Kind::filesystem) != sized && !image.is(rdload::Kind::wrapper))
      std::abort();
    if (image.flaw == nullptr && image.size_kib &&
        *image.size_kib != image.size_bytes / 1024 + (image.size_bytes % 1024 != 0 ? 1 : 0))
      std::abort();
  }
  return 0;
}
