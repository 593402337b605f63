// Formats that are compressed piece by piece: gzip (as one piece), lzo and lz4 (blocks apart).
#include <libdeflate.h>
#include <lz4.h>
#include <lz4hc.h>
#include <lzo/lzo1x.h>

#include <algorithm>
#include <deque>
#include <future>
#include <new>
#include <utility>

#include "mkramdisk/compress.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;
using Bytes = std::vector<std::byte>;
using Made = Result<std::unique_ptr<Encoder>>;

// One member, as the kernel reads no more. libdeflate wants the whole image at once, and repays
// it: smaller than gzip -9, in a fifth of its time.
class Gzip : public Encoder {
 public:
  explicit Gzip(const EncoderOptions& options) : level_(options.level) {
    image_.reserve(options.size);
  }
  Status feed(std::span<const std::byte> data, Bytes&) override {
    image_.insert(image_.end(), data.begin(), data.end());
    return Done{};
  }
  Status finish(Bytes& out) override {
    libdeflate_compressor* const compressor = libdeflate_alloc_compressor(level_);
    if (compressor == nullptr) return Error::system(ENOMEM, "libdeflate_alloc_compressor");
    out.resize(libdeflate_gzip_compress_bound(compressor, image_.size()));
    const std::size_t size =
        libdeflate_gzip_compress(compressor, image_.data(), image_.size(), out.data(), out.size());
    libdeflate_free_compressor(compressor);
    if (size == 0) return Error::of(Failure::system, "libdeflate_gzip_compress failed");
    out.resize(size);
    return Done{};
  }

 private:
  int level_;
  Bytes image_;
};

void put32_little(Bytes& out, std::size_t value) {
  for (unsigned i = 0; i < 4; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i)));
}

void put_big(Bytes& out, std::size_t value, unsigned bytes) {
  while (bytes-- > 0) out.push_back(static_cast<std::byte>(value >> (8 * bytes)));
}

// A block with what the format puts before it. Called from several threads, the last of which may
// still run when the encoder, after a failure, is being destroyed: so it is no member of it.
using CompressBlock = Bytes (*)(const Bytes& block, int level);

// Blocks that know nothing of each other: several at a time, handed on in order.
class Blocks : public Encoder {
 public:
  Blocks(const EncoderOptions& options, std::size_t block_size, CompressBlock compress)
      : level_(options.level),
        threads_(options.threads),
        block_size_(block_size),
        compress_(compress) {}

  Status feed(std::span<const std::byte> data, Bytes& out) override {
    if (!std::exchange(begun_, true)) header(out);
    while (!data.empty()) {
      const std::size_t size = std::min(data.size(), block_size_ - block_.size());
      block_.insert(block_.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(size));
      data = data.subspan(size);
      if (block_.size() == block_size_) start(out);
    }
    return Done{};
  }
  Status finish(Bytes& out) override {
    if (!std::exchange(begun_, true)) header(out);
    if (!block_.empty()) start(out);
    while (!running_.empty()) take(out);
    trailer(out);
    return Done{};
  }

 protected:
  virtual void header(Bytes& out) const = 0;
  virtual void trailer(Bytes&) const {}
  const int level_;

 private:
  void start(Bytes& out) {
    if (running_.size() >= threads_) take(out);
    running_.push_back(
        std::async(std::launch::async, compress_, std::exchange(block_, {}), level_));
  }
  void take(Bytes& out) {
    const Bytes done = running_.front().get();
    running_.pop_front();
    out.insert(out.end(), done.begin(), done.end());
  }

  const unsigned threads_;
  const std::size_t block_size_;
  const CompressBlock compress_;
  bool begun_ = false;
  Bytes block_;
  std::deque<std::future<Bytes>> running_;
};

// The frame of lz4 -l, the only one that the kernel matches (lib/decompress_unlz4.c).
class Lz4 : public Blocks {
 public:
  explicit Lz4(const EncoderOptions& options) : Blocks(options, 8 << 20, compress) {}

 private:
  void header(Bytes& out) const override { put32_little(out, 0x184c2102); }
  static Bytes compress(const Bytes& block, int level) {
    const int size = static_cast<int>(block.size());
    Bytes packed(static_cast<std::size_t>(LZ4_compressBound(size)));
    const auto* const from = reinterpret_cast<const char*>(block.data());
    auto* const to = reinterpret_cast<char*>(packed.data());
    const int room = static_cast<int>(packed.size());
    const int got = level < 3 ? LZ4_compress_default(from, to, size, room)
                              : LZ4_compress_HC(from, to, size, room, level);
    Bytes out;
    put32_little(out, static_cast<std::size_t>(got));
    out.insert(out.end(), packed.begin(), packed.begin() + got);
    return out;
  }
};

// The file of lzop (lib/decompress_unlzo.c): lzo1x in blocks of 256 KiB with Adler-32 sums.
class Lzo : public Blocks {
 public:
  explicit Lzo(const EncoderOptions& options) : Blocks(options, 256 << 10, compress) {}

 private:
  void header(Bytes& out) const override {
    constexpr unsigned char magic[] = {0x89, 'L', 'Z', 'O', 0, '\r', '\n', 0x1a, '\n'};
    for (const unsigned char byte : magic) out.push_back(static_cast<std::byte>(byte));
    Bytes fields;
    put_big(fields, 0x1040, 2);  // version of lzop
    put_big(fields, lzo_version(), 2);
    put_big(fields, 0x0940, 2);      // version needed
    fields.push_back(std::byte{3});  // method: LZO1X_999
    fields.push_back(static_cast<std::byte>(level_));
    put_big(fields, 1, 4);           // flags: Adler-32 of the uncompressed block
    put_big(fields, 0100644, 4);     // mode
    put_big(fields, 0, 8);           // time, low and high: none
    fields.push_back(std::byte{0});  // no name
    const auto* const bytes = reinterpret_cast<const unsigned char*>(fields.data());
    const std::size_t sum = lzo_adler32(1, bytes, fields.size());
    out.insert(out.end(), fields.begin(), fields.end());
    put_big(out, sum, 4);
  }
  void trailer(Bytes& out) const override { put_big(out, 0, 4); }
  static Bytes compress(const Bytes& block, int level) {
    Bytes packed(block.size() + block.size() / 16 + 64 + 3);
    Bytes memory(LZO1X_999_MEM_COMPRESS);
    const auto* const from = reinterpret_cast<const unsigned char*>(block.data());
    lzo_uint size = packed.size();
    lzo1x_999_compress_level(from, block.size(), reinterpret_cast<unsigned char*>(packed.data()),
                             &size, memory.data(), nullptr, 0, nullptr, level);
    const bool smaller = size < block.size();
    Bytes out;
    put_big(out, block.size(), 4);
    put_big(out, smaller ? size : block.size(), 4);
    put_big(out, lzo_adler32(1, from, block.size()), 4);
    const Bytes& kept = smaller ? packed : block;
    out.insert(out.end(), kept.begin(),
               kept.begin() + static_cast<std::ptrdiff_t>(smaller ? size : block.size()));
    return out;
  }
};

}  // namespace

Made make_gzip(const EncoderOptions& options) {
  try {
    return std::unique_ptr<Encoder>(std::make_unique<Gzip>(options));
  } catch (const std::bad_alloc&) {
    return Error::of(Failure::system, "not enough memory for gzip to hold an image of %llu bytes",
                     static_cast<unsigned long long>(options.size));
  }
}

Made make_lz4(const EncoderOptions& options) {
  return std::unique_ptr<Encoder>(std::make_unique<Lz4>(options));
}

Made make_lzo(const EncoderOptions& options) {
  if (const int code = lzo_init(); code != LZO_E_OK)
    return Error::of(Failure::system, "lzo_init failed with code %d", code);
  return std::unique_ptr<Encoder>(std::make_unique<Lzo>(options));
}

}  // namespace mkramdisk
