#include <zlib.h>

#include <array>

#include "linuxrc/packer.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Status;

namespace {

constexpr int level = 9;              // an image is read more often than written
constexpr int gzip_window = 15 + 16;  // the largest, and gzip's header (zlib.h, deflateInit2)
constexpr int memory = 8;             // zlib's default: 256 KiB with that window

z_stream stream;
std::array<unsigned char, 65536> packed;

}  // namespace

Packer::~Packer() {
  if (begun_) (void)deflateEnd(&stream);  // what was not ended is thrown away
}

bool Packer::can_gzip() {
  return true;
}

Status Packer::begin() {
  if (!gzip_) return Done{};
  stream = {};
  if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window, memory, Z_DEFAULT_STRATEGY) != Z_OK)
    return Error::of(common::Failure::system, "gzip: no memory");
  begun_ = true;
  return Done{};
}

Status Packer::pass(int flush) {
  int result = Z_OK;
  do {
    stream.next_out = packed.data();
    stream.avail_out = packed.size();
    result = deflate(&stream, flush);
    if (result == Z_STREAM_ERROR) return Error::of(common::Failure::system, "gzip: deflate failed");
    const Status taken = sink_.take(std::span(packed).first(packed.size() - stream.avail_out));
    if (!taken) return taken;
  } while (stream.avail_out == 0 || (flush == Z_FINISH && result != Z_STREAM_END));
  return Done{};
}

Status Packer::add(std::span<const unsigned char> bytes) {
  if (!gzip_) return sink_.take(bytes);
  stream.next_in = const_cast<unsigned char*>(bytes.data());  // zlib only reads it
  stream.avail_in = static_cast<uInt>(bytes.size());
  return pass(Z_NO_FLUSH);
}

Status Packer::end() {
  return gzip_ ? pass(Z_FINISH) : Done{};
}

}  // namespace linuxrc
