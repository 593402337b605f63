#include "rdload/decoders/all.hpp"

#include "rdload/decoders/decoders.hpp"

namespace rdload {

Decoders all_decoders() {
  static constexpr DecoderRow rows[] = {
#ifdef RDLOAD_ISAL
      {Format::gzip, "ISA-L", make_gzip_isal},
#else
      {Format::gzip, "zlib", make_gzip_zlib},
#endif
#ifdef RDLOAD_BZIP2
      {Format::bzip2, "libbz2", make_bzip2},
#endif
#ifdef RDLOAD_LZMA
      {Format::lzma, "liblzma", make_lzma},    {Format::xz, "liblzma", make_xz},
#endif
#ifdef RDLOAD_LZO
      {Format::lzo, "liblzo2", make_lzo},
#endif
#ifdef RDLOAD_LZ4
      {Format::lz4, "liblz4", make_lz4},       {Format::lz4_frame, "liblz4", make_lz4_frame},
#endif
#ifdef RDLOAD_ZSTD
      {Format::zstd, "libzstd", make_zstd},
#endif
  };
  return rows;
}

}  // namespace rdload
