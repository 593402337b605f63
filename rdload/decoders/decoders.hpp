// The decoders that there are; each stands in a library of its own, rdload_<name>.
#pragma once

#include "rdload/decoder.hpp"

namespace rdload {

DecoderPtr make_gzip_zlib(const DecoderOptions& options);
DecoderPtr make_gzip_isal(const DecoderOptions& options);
DecoderPtr make_bzip2(const DecoderOptions& options);
DecoderPtr make_lzma(const DecoderOptions& options);  // in rdload_lzma, as is
DecoderPtr make_xz(const DecoderOptions& options);
DecoderPtr make_lzo(const DecoderOptions& options);
DecoderPtr make_lz4(const DecoderOptions& options);  // the legacy frame; in rdload_lz4, as is
DecoderPtr make_lz4_frame(const DecoderOptions& options);
DecoderPtr make_zstd(const DecoderOptions& options);

}  // namespace rdload
