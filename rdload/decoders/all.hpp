// The table of every decoder that this build has, the fastest for each format.
#pragma once

#include "rdload/decoder.hpp"

namespace rdload {

Decoders all_decoders();

}  // namespace rdload
