// For a build without the loader, and so without zlib.
#include "linuxrc/packer.hpp"

namespace linuxrc {

Packer::~Packer() = default;

bool Packer::can_gzip() {
  return false;
}

common::Status Packer::begin() {
  return common::Done{};
}

common::Status Packer::add(std::span<const unsigned char> bytes) {
  return sink_.take(bytes);
}

common::Status Packer::end() {
  return common::Done{};
}

common::Status Packer::pass(int) {
  return common::Done{};
}

}  // namespace linuxrc
