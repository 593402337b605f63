// Compressed images, in the formats that the kernel unpacks (lib/decompress*.c).
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "mkramdisk/output.hpp"

namespace mkramdisk {

// A running compression. What comes out is the same whatever the number of threads.
class Encoder {
 public:
  Encoder() = default;
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  virtual ~Encoder() = default;

  // Takes the next bytes and appends what is ready to `out`.
  virtual common::Status feed(std::span<const std::byte> data, std::vector<std::byte>& out) = 0;
  // Ends the format.
  virtual common::Status finish(std::vector<std::byte>& out) = 0;
};

struct EncoderOptions {
  int level = 0;
  std::uint64_t size = 0;  // bytes that will be fed
  unsigned threads = 1;
};

struct Method {
  std::string_view name;
  int least, usual, most;  // levels
  common::Result<std::unique_ptr<Encoder>> (*make)(const EncoderOptions& options);
};
// All methods, by name.
std::span<const Method> methods();

struct Compression {
  const Method* method = nullptr;  // null: none
  int level = 0;
};
// "gzip", "xz:6", "none". Fails (usage) on anything else, naming what there is.
common::Result<Compression> parse_compression(std::string_view text);

// An output that compresses into another one. `size` in bytes, uncompressed.
common::Result<std::unique_ptr<Output>> compress_into(std::unique_ptr<Output> inner,
                                                      const Compression& how, std::uint64_t size,
                                                      unsigned threads);

// Makers, one for each library.
common::Result<std::unique_ptr<Encoder>> make_gzip(const EncoderOptions& options);
common::Result<std::unique_ptr<Encoder>> make_bzip2(const EncoderOptions& options);
common::Result<std::unique_ptr<Encoder>> make_lzma(const EncoderOptions& options);
common::Result<std::unique_ptr<Encoder>> make_xz(const EncoderOptions& options);
common::Result<std::unique_ptr<Encoder>> make_lzo(const EncoderOptions& options);
common::Result<std::unique_ptr<Encoder>> make_lz4(const EncoderOptions& options);
common::Result<std::unique_ptr<Encoder>> make_zstd(const EncoderOptions& options);

}  // namespace mkramdisk
