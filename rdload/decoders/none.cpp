// A build without any decoder: what is not compressed is loaded, and the rest refused by name.
#include "rdload/decoders/all.hpp"

namespace rdload {

Decoders all_decoders() {
  return {};
}

}  // namespace rdload
