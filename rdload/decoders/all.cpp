#include "rdload/decoders/all.hpp"

#include "rdload/decoders/decoders.hpp"

namespace rdload {

#ifdef RDLOAD_ISAL
namespace {

// ISA-L's plain C, which it uses where a processor lacks these (the emulated one of QEMU does),
// takes half as long again as zlib; with them it takes a third of zlib's time.
bool isal_is_fast() {
#ifdef __x86_64__
  return __builtin_cpu_supports("sse4.1") != 0 && __builtin_cpu_supports("pclmul") != 0;
#else
  return true;
#endif
}

}  // namespace
#endif

Decoders all_decoders() {
  static constexpr DecoderRow rows[] = {
#ifdef RDLOAD_ISAL
      {Format::gzip, "ISA-L", make_gzip_isal},
#endif
      {Format::gzip, "zlib", make_gzip_zlib},
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
#ifdef RDLOAD_ISAL
  return isal_is_fast() ? Decoders(rows) : Decoders(rows).subspan(1);
#else
  return rows;
#endif
}

}  // namespace rdload
