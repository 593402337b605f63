// The decoders that there are; each stands in a library of its own, rdload_<name>.
#pragma once

#include "rdload/decoder.hpp"

namespace rdload {

DecoderPtr make_gzip_zlib(const DecoderOptions& options);

}  // namespace rdload
