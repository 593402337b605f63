// What the two ways of decoding zstd share.
#pragma once

#include "rdload/decoder.hpp"

namespace rdload {

// Frame after frame, as the input comes.
DecoderPtr make_zstd_stream(const DecoderOptions& options);

// The error that one of the library's codes stands for, in the kernel's words or our own.
common::Error zstd_error(std::size_t code, bool as_kernel);

}  // namespace rdload
