#include <zlib.h>

#include "rdload/decoders/decoders.hpp"
#include "rdload/decoders/gzip_frame.hpp"

namespace rdload {
namespace {

class ZlibInflater {
 public:
  ZlibInflater() = default;
  ZlibInflater(const ZlibInflater&) = delete;
  ZlibInflater& operator=(const ZlibInflater&) = delete;
  ~ZlibInflater() {
    if (started_) inflateEnd(&stream_);
  }

  bool start() {
    if (started_) return inflateReset(&stream_) == Z_OK;
    started_ = inflateInit2(&stream_, -MAX_WBITS) == Z_OK;  // negative: no header of zlib's own
    return started_;
  }

  Inflated run(Input& input, Output& output) {
    // zlib declares its input without const, and never writes to it.
    stream_.next_in = static_cast<Bytef*>(static_cast<void*>(const_cast<std::byte*>(input.next)));
    stream_.avail_in = static_cast<uInt>(std::min<std::size_t>(input.left, limit));
    stream_.next_out = static_cast<Bytef*>(static_cast<void*>(output.next));
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(output.left, limit));
    const uInt had_in = stream_.avail_in;
    const uInt had_out = stream_.avail_out;
    const int outcome = inflate(&stream_, Z_NO_FLUSH);
    input.next += had_in - stream_.avail_in;
    input.left -= had_in - stream_.avail_in;
    output.next += had_out - stream_.avail_out;
    output.left -= had_out - stream_.avail_out;
    if (outcome == Z_STREAM_END) return Inflated::finished;
    // Z_BUF_ERROR: nothing could be done with what there was.
    return outcome == Z_OK || outcome == Z_BUF_ERROR ? Inflated::more : Inflated::corrupt;
  }

  static std::size_t take_back(std::byte* /*bytes*/) { return 0; }

  static std::uint32_t checksum(std::uint32_t crc, Bytes bytes) {
    return static_cast<std::uint32_t>(crc32_z(
        crc, static_cast<const Bytef*>(static_cast<const void*>(bytes.data())), bytes.size()));
  }

 private:
  static constexpr std::size_t limit = 1u << 30;  // zlib counts in 32 bits
  z_stream stream_{};
  bool started_ = false;
};

}  // namespace

DecoderPtr make_gzip_zlib(const DecoderOptions& options) {
  return make_decoder<GzipDecoder<ZlibInflater>>(options);
}

}  // namespace rdload
