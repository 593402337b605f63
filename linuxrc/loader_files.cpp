// With the decoders that this build links.
#include <algorithm>
#include <cerrno>

#include "linuxrc/decoded_files.hpp"
#include "rdload/decoded_stream.hpp"
#include "rdload/decoders/all.hpp"
#include "rdload/opening.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Result;
using common::Status;

// A header is short: the file is read in larger pieces.
class Bytes final : public ByteSource {
 public:
  // `stream` is nullptr for a file that is not compressed.
  Bytes(rdload::Source& source, rdload::DecodedStream* stream, std::span<std::byte> buffer)
      : source_(source), stream_(stream), buffer_(buffer) {}

  Result<std::size_t> read(std::span<char> room) override {
    std::size_t done = 0;
    while (done < room.size()) {
      if (ready_.empty()) {
        const auto got = fill();
        if (!got) return got;
        if (*got == 0) break;
      }
      const std::size_t now = std::min(ready_.size(), room.size() - done);
      const auto* const from = reinterpret_cast<const char*>(ready_.data());
      std::copy_n(from, now, room.begin() + static_cast<std::ptrdiff_t>(done));
      ready_ = ready_.subspan(now);
      done += now;
    }
    return done;
  }

  // What the user has left, to see that it is whole.
  Status read_rest() {
    for (;;) {
      const auto got = fill();
      if (!got) return got.error();
      if (*got == 0) return Done{};
    }
  }

 private:
  Result<std::size_t> fill() {
    auto got = stream_ != nullptr ? stream_->read(buffer_) : source_.read(buffer_);
    if (got) ready_ = buffer_.first(*got);
    return got;
  }

  rdload::Source& source_;
  rdload::DecodedStream* stream_;
  std::span<std::byte> buffer_;
  std::span<const std::byte> ready_;
};

class RdloadFiles final : public DecodedFiles {
 public:
  Status read(const char* path, BytesUser& user) override {
    auto source = rdload::Source::open(path, {});
    if (!source) return source.error();
    const auto opened = rdload::open_image(*source, rdload::Rows::all);
    if (!opened) return opened.error();
    rdload::Buffer buffer(std::size_t{256} * 1024);
    if (!buffer.ok()) return Error::system(ENOMEM, "read %s", path);
    if (!opened->image.is(rdload::Kind::compressed)) {
      Bytes bytes(*source, nullptr, buffer.span());
      return user.use(bytes);
    }
    auto stream =
        rdload::DecodedStream::open(*source, opened->image.format, rdload::all_decoders(), {});
    if (!stream) return stream.error();
    Bytes bytes(*source, &*stream, buffer.span());
    const Status used = user.use(bytes);
    return used ? bytes.read_rest() : used;
  }
};

}  // namespace

DecodedFiles& rdload_files() {
  static RdloadFiles files;
  return files;
}

}  // namespace linuxrc
