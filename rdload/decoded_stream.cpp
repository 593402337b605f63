#include "rdload/decoded_stream.hpp"

#include <cerrno>

#include "rdload/load.hpp"

namespace rdload {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;

namespace {

constexpr std::size_t input_bytes = 256 * 1024;

}  // namespace

Result<DecodedStream> DecodedStream::open(Source& source, Format format, Decoders decoders,
                                          const DecoderOptions& options) {
  DecodedStream stream;
  stream.source_ = &source;
  stream.row_ = find_decoder(decoders, format);
  if (stream.row_ == nullptr)
    return Error::of(Failure::not_usable, "%s: a %s image, and no decoder for it is built in",
                     source.name(), format_name(format));
  DecoderOptions with_size = options;
  with_size.packed_bytes = source.size().value_or(0);
  stream.decoder_ = stream.row_->make(with_size);
  stream.buffer_ = Buffer(input_bytes);
  if (!stream.decoder_ || !stream.buffer_.ok())
    return Error::system(ENOMEM, "decode %s", source.name());
  return stream;
}

Status DecodedStream::fill() {
  auto got = source_->read(buffer_.span());
  // Where a disk ends, another one is asked for only when it is needed.
  const bool may_end = finished_ || (decoder_->may_end() && made_ >= expected_);
  while (got && *got == 0 && source_->may_go_on() && (!may_end || source_->owes())) {
    const Status changed = source_->next_disk();
    if (!changed) return changed;
    got = source_->read(buffer_.span());
  }
  if (!got) return got.error();
  const bool last = *got == 0 || (*got < buffer_.size() && !source_->may_go_on());
  input_ = {buffer_.data(), *got, last};
  if (digest_ != nullptr) digest_->update({buffer_.data(), *got});
  return Done{};
}

Error DecodedStream::failed(const Error& error) {
  reason_.clear();
  reason_.append("%s", error.text());
  if (error.kind() == Failure::system) return error;
  return Error::of(error.kind(), "%s: %s image: %s", source_->name(), format_name(row_->format),
                   error.text());
}

Result<std::size_t> DecodedStream::read(std::span<std::byte> room) {
  Output output{room.data(), room.size()};
  while (output.left > 0 && !finished_) {
    if (input_.left == 0 && !input_.last) {
      const Status filled = fill();
      if (!filled) return filled.error();
    }
    const std::size_t before = input_.left + output.left;
    const std::size_t room_before = output.left;
    const auto step = decoder_->decode(input_, output);
    made_ += room_before - output.left;
    if (!step) return failed(step.error());
    if (*step == Step::finished) {
      finished_ = true;
    } else if (input_.left + output.left == before && (input_.left > 0 || input_.last)) {
      truncated_ = input_.left == 0;
      return failed(Error::of(
          Failure::corrupt, "%s",
          truncated_ ? "it ends in the middle (truncated)" : "it cannot be decoded any further"));
    }
  }
  return room.size() - output.left;
}

Status DecodedStream::read_rest() {
  while (!input_.last) {
    const Status filled = fill();
    if (!filled) return filled;
  }
  return Done{};
}

}  // namespace rdload
