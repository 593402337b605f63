// Images for the tests, made in memory: only what identification reads is real in them.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <string>
#include <string_view>

namespace images {

inline void put(std::string& image, std::size_t at, std::uint64_t value, unsigned width) {
  for (unsigned i = 0; i < width; ++i) image.at(at + i) = static_cast<char>(value >> (8 * i));
}
inline void put_big(std::string& image, std::size_t at, std::uint64_t value, unsigned width) {
  for (unsigned i = 0; i < width; ++i)
    image.at(at + i) = static_cast<char>(value >> (8 * (width - 1 - i)));
}

// Bytes that do not compress, the same for the same seed.
inline std::string noise(std::size_t bytes, unsigned seed = 1) {
  std::mt19937_64 random(seed);
  std::string text(bytes + 8, '\0');
  for (std::size_t at = 0; at < bytes; at += 8) {
    const std::uint64_t word = random();
    std::memcpy(text.data() + at, &word, 8);
  }
  text.resize(bytes);
  return text;
}

// An ext2 superblock that claims `blocks` of 1024 << log_block_size bytes, in `kib` KiB of noise
// (the first two are clear).
inline std::string ext2(std::size_t kib, std::uint64_t blocks, unsigned log_block_size = 0) {
  std::string image = noise(kib * 1024);
  std::memset(image.data(), 0, std::min<std::size_t>(image.size(), 2048));
  put(image, 1024 + 0x04, blocks, 4);
  put(image, 1024 + 0x18, log_block_size, 4);
  put(image, 1024 + 0x38, 0xef53, 2);
  return image;
}
inline std::string ext2(std::size_t kib) {
  return ext2(kib, kib);
}

struct GzipFields {
  bool extra = false;
  bool name = false;
  bool comment = false;
  bool header_crc = false;
};

// One gzip member around `data`, with the optional header fields asked for.
inline std::string gzip(std::string_view data, GzipFields fields = {}) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
  gz_header header{};
  static unsigned char extra[300];
  static char name[] = "image";
  static char comment[] = "a comment";
  header.os = 3;
  if (fields.extra) {
    header.extra = extra;
    header.extra_len = sizeof extra;
  }
  if (fields.name) header.name = reinterpret_cast<Bytef*>(name);
  if (fields.comment) header.comment = reinterpret_cast<Bytef*>(comment);
  header.hcrc = fields.header_crc ? 1 : 0;
  deflateSetHeader(&stream, &header);
  std::string out(deflateBound(&stream, data.size()) + 512, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace images
