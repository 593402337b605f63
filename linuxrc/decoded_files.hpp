// Files read through the decoders of the loader: how linuxrc gets at the bytes of an archive.
#pragma once

#include "linuxrc/archive.hpp"

namespace linuxrc {

class BytesUser {
 public:
  virtual common::Status use(ByteSource& bytes) = 0;

 protected:
  ~BytesUser() = default;  // nobody owns one through this interface
};

class DecodedFiles {
 public:
  // Opens `path`, a file or device, and lets `user` read it: decompressed where it is compressed,
  // and then to its end, so that its checksum is checked. Errors: those of `user`; not_usable,
  // corrupt, system.
  virtual common::Status read(const char* path, BytesUser& user) = 0;

 protected:
  ~DecodedFiles() = default;  // nobody owns one through this interface
};

// Those of the loader that is rdload's core.
DecodedFiles& rdload_files();

}  // namespace linuxrc
