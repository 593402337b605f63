// Formats whose libraries compress a stream: bzip2, lzma, xz, zstd.
#include <bzlib.h>
#include <lzma.h>
#include <zstd.h>

#include <algorithm>
#include <utility>

#include "mkramdisk/compress.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;
using Made = Result<std::unique_ptr<Encoder>>;

constexpr std::size_t step = 1 << 16;  // bytes by which output grows

Error failed(const char* call, long code) {
  return Error::of(Failure::system, "%s failed with code %ld", call, code);
}

class Bzip2 : public Encoder {
 public:
  Bzip2() = default;
  ~Bzip2() override { BZ2_bzCompressEnd(&stream_); }
  int begin(int level) { return BZ2_bzCompressInit(&stream_, level, 0, 0); }

  Status feed(std::span<const std::byte> data, std::vector<std::byte>& out) override {
    return run(BZ_RUN, data, out);
  }
  Status finish(std::vector<std::byte>& out) override { return run(BZ_FINISH, {}, out); }

 private:
  Status run(int action, std::span<const std::byte> data, std::vector<std::byte>& out) {
    // The library takes a pointer to non-const but does not write through it.
    stream_.next_in = const_cast<char*>(reinterpret_cast<const char*>(data.data()));
    stream_.avail_in = static_cast<unsigned>(data.size());
    for (;;) {
      const std::size_t before = out.size();
      out.resize(before + step);
      stream_.next_out = reinterpret_cast<char*>(out.data() + before);
      stream_.avail_out = step;
      const int code = BZ2_bzCompress(&stream_, action);
      out.resize(before + step - stream_.avail_out);
      if (code == BZ_STREAM_END) return Done{};
      if (code < 0) return failed("BZ2_bzCompress", code);
      if (action == BZ_RUN && stream_.avail_in == 0) return Done{};
    }
  }
  bz_stream stream_{};
};

class Lzma : public Encoder {
 public:
  Lzma() = default;
  ~Lzma() override { lzma_end(&stream_); }

  // The format of the lzma tool: no check, no threads.
  lzma_ret begin_alone(int level) {
    lzma_options_lzma options{};
    if (lzma_lzma_preset(&options, static_cast<std::uint32_t>(level))) return LZMA_OPTIONS_ERROR;
    return lzma_alone_encoder(&stream_, &options);
  }
  // CRC32: the kernel's decoder knows that and none. Blocks have a fixed size, so that threads
  // change nothing about what comes out.
  lzma_ret begin_xz(int level, unsigned threads) {
    lzma_mt options{};
    options.threads = threads;
    options.preset = static_cast<std::uint32_t>(level);
    options.check = LZMA_CHECK_CRC32;
    return lzma_stream_encoder_mt(&stream_, &options);
  }

  Status feed(std::span<const std::byte> data, std::vector<std::byte>& out) override {
    return run(LZMA_RUN, data, out);
  }
  Status finish(std::vector<std::byte>& out) override { return run(LZMA_FINISH, {}, out); }

 private:
  Status run(lzma_action action, std::span<const std::byte> data, std::vector<std::byte>& out) {
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(data.data());
    stream_.avail_in = data.size();
    for (;;) {
      const std::size_t before = out.size();
      out.resize(before + step);
      stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data() + before);
      stream_.avail_out = step;
      const lzma_ret code = lzma_code(&stream_, action);
      out.resize(before + step - stream_.avail_out);
      if (code == LZMA_STREAM_END) return Done{};
      if (code != LZMA_OK) return failed("lzma_code", code);
      if (action == LZMA_RUN && stream_.avail_in == 0) return Done{};
    }
  }
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

class Zstd : public Encoder {
 public:
  Zstd() : context_(ZSTD_createCCtx()) {}
  ~Zstd() override { ZSTD_freeCCtx(context_); }

  Status begin(const EncoderOptions& options) {
    if (context_ == nullptr) return failed("ZSTD_createCCtx", 0);
    // One worker and several make the same frame; none makes another one.
    const std::pair<ZSTD_cParameter, int> parameters[] = {
        {ZSTD_c_compressionLevel, options.level},
        {ZSTD_c_checksumFlag, 1},
        {ZSTD_c_nbWorkers, static_cast<int>(options.threads)}};
    for (const auto& [parameter, value] : parameters)
      if (const std::size_t code = ZSTD_CCtx_setParameter(context_, parameter, value);
          ZSTD_isError(code))
        return Error::of(Failure::system, "ZSTD_CCtx_setParameter: %s", ZSTD_getErrorName(code));
    ZSTD_CCtx_setPledgedSrcSize(context_, options.size);
    return Done{};
  }

  Status feed(std::span<const std::byte> data, std::vector<std::byte>& out) override {
    return run(ZSTD_e_continue, data, out);
  }
  Status finish(std::vector<std::byte>& out) override { return run(ZSTD_e_end, {}, out); }

 private:
  Status run(ZSTD_EndDirective directive, std::span<const std::byte> data,
             std::vector<std::byte>& out) {
    ZSTD_inBuffer in{data.data(), data.size(), 0};
    for (;;) {
      const std::size_t before = out.size();
      out.resize(before + step);
      ZSTD_outBuffer to{out.data() + before, step, 0};
      const std::size_t left = ZSTD_compressStream2(context_, &to, &in, directive);
      out.resize(before + to.pos);
      if (ZSTD_isError(left))
        return Error::of(Failure::system, "ZSTD_compressStream2: %s", ZSTD_getErrorName(left));
      if (directive == ZSTD_e_end ? left == 0 : in.pos == in.size) return Done{};
    }
  }
  ZSTD_CCtx* context_;
};

}  // namespace

Made make_bzip2(const EncoderOptions& options) {
  auto made = std::make_unique<Bzip2>();
  if (const int code = made->begin(options.level); code != BZ_OK)
    return failed("BZ2_bzCompressInit", code);
  return std::unique_ptr<Encoder>(std::move(made));
}

Made make_lzma(const EncoderOptions& options) {
  auto made = std::make_unique<Lzma>();
  if (const lzma_ret code = made->begin_alone(options.level); code != LZMA_OK)
    return failed("lzma_alone_encoder", code);
  return std::unique_ptr<Encoder>(std::move(made));
}

Made make_xz(const EncoderOptions& options) {
  auto made = std::make_unique<Lzma>();
  if (const lzma_ret code = made->begin_xz(options.level, options.threads); code != LZMA_OK)
    return failed("lzma_stream_encoder_mt", code);
  return std::unique_ptr<Encoder>(std::move(made));
}

Made make_zstd(const EncoderOptions& options) {
  auto made = std::make_unique<Zstd>();
  if (auto status = made->begin(options); !status) return status.error();
  return std::unique_ptr<Encoder>(std::move(made));
}

}  // namespace mkramdisk
