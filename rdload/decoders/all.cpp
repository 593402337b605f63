#include "rdload/decoders/all.hpp"

#include "rdload/decoders/decoders.hpp"

namespace rdload {

Decoders all_decoders() {
  static constexpr DecoderRow rows[] = {
      {Format::gzip, "zlib", make_gzip_zlib},
  };
  return rows;
}

}  // namespace rdload
