// A stream of bytes, compressed with gzip or as it is.
#pragma once

#include <span>

#include "common/error.hpp"

namespace linuxrc {

// Where packed bytes go; an error of its own ends the packing.
class PackedSink {
 public:
  virtual common::Status take(std::span<const unsigned char> bytes) = 0;

 protected:
  ~PackedSink() = default;  // nobody owns one through this interface
};

// One at a time is in use. The same bytes in, the same bytes out: no name and no time is written.
class Packer {
 public:
  Packer(PackedSink& sink, bool gzip) : sink_(sink), gzip_(gzip) {}
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;
  ~Packer();

  common::Status begin();
  common::Status add(std::span<const unsigned char> bytes);
  common::Status end();
  // False in a build without zlib.
  static bool can_gzip();

 private:
  common::Status pass(int flush);

  PackedSink& sink_;
  bool gzip_;
  bool begun_ = false;
};

}  // namespace linuxrc
