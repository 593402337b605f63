// The gzip format (RFC 1952) around a raw deflate stream, for whichever library inflates it.
//
// Several members: all that follow one another directly are decoded, as gzip(1) does; whatever
// else stands behind a member, zero padding or the rest of a partition, is not part of the image.
// As the kernel (lib/decompress_inflate.c): the first member only, of the header's optional fields
// only the name is known, CRC-32 and length are not checked.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "rdload/bytes.hpp"
#include "rdload/decoder.hpp"

namespace rdload {

enum class Inflated : unsigned char { more, finished, corrupt };

// Inflater: bool start(); Inflated run(Input&, Output&); uint32 checksum(uint32, bytes); and
// take_back(byte*): the bytes, at most 8, that it has read too far, after the stream's end.
template <class Inflater>
class GzipDecoder final : public Decoder {
 public:
  explicit GzipDecoder(const DecoderOptions& options) : as_kernel_(options.as_kernel) {}

  common::Result<Step> decode(Input& input, Output& output) override {
    for (;;) {
      switch (state_) {
        case State::fixed:
        case State::between: {
          if (!collect(input, 10)) {
            if (state_ == State::between && (input.last || !begins_member())) return Step::finished;
            return Step::more;
          }
          if (state_ == State::between && !begins_member()) return Step::finished;
          if (!begins_member())
            return corrupt(as_kernel_ ? "Not a gzip file" : "not a gzip header");
          if (!inflater_.start()) return common::Error::system(ENOMEM, "inflate");
          flags_ = std::to_integer<unsigned>(field_[3]);
          if (as_kernel_) flags_ &= name_flag;
          crc_ = length_ = 0;
          enter(State::extra_length);
          break;
        }
        case State::extra_length:
          if ((flags_ & extra_flag) != 0) {
            if (!collect(input, 2)) return Step::more;
            skip_ = static_cast<std::size_t>(le16(field(), 0));
          }
          enter(State::extra);
          break;
        case State::extra: {
          const std::size_t now = std::min(skip_, input.left);
          input.next += now;
          input.left -= now;
          skip_ -= now;
          if (skip_ > 0) return Step::more;
          enter(State::name);
          break;
        }
        case State::name:
          if ((flags_ & name_flag) != 0 && !skip_text(input)) return Step::more;
          enter(State::comment);
          break;
        case State::comment:
          if ((flags_ & comment_flag) != 0 && !skip_text(input)) return Step::more;
          enter(State::header_crc);
          break;
        case State::header_crc:
          // The header's own checksum covers bytes that do not matter here.
          if ((flags_ & header_crc_flag) != 0 && !collect(input, 2)) return Step::more;
          enter(State::body);
          break;
        case State::body: {
          const std::byte* const from = output.next;
          const Inflated inflated = inflater_.run(input, output);
          const auto made = static_cast<std::size_t>(output.next - from);
          if (!as_kernel_) crc_ = inflater_.checksum(crc_, {from, made});
          length_ += static_cast<std::uint32_t>(made);
          if (inflated == Inflated::corrupt)
            return corrupt(as_kernel_ ? "uncompression error" : "damaged deflate stream");
          if (inflated == Inflated::more) return Step::more;
          if (as_kernel_) return Step::finished;
          enter(State::trailer);
          field_size_ = inflater_.take_back(field_);
          break;
        }
        case State::trailer:
          if (!collect(input, 8)) return Step::more;
          if (le32(field(), 0) != crc_) return corrupt("bad CRC-32");
          if (le32(field(), 4) != length_) return corrupt("bad length (ISIZE)");
          enter(State::between);
          break;
      }
    }
  }

  [[nodiscard]] std::size_t beyond() const override {
    return state_ == State::between ? field_size_ : 0;
  }
  [[nodiscard]] bool may_end() const override { return state_ == State::between; }

 private:
  enum class State : unsigned char {
    fixed,
    extra_length,
    extra,
    name,
    comment,
    header_crc,
    body,
    trailer,
    between,
  };
  static constexpr unsigned header_crc_flag = 2;
  static constexpr unsigned extra_flag = 4;
  static constexpr unsigned name_flag = 8;
  static constexpr unsigned comment_flag = 16;

  static common::Error corrupt(const char* reason) {
    return common::Error::of(common::Failure::corrupt, "%s", reason);
  }
  void enter(State state) {
    state_ = state;
    field_size_ = 0;
  }
  [[nodiscard]] Bytes field() const { return {field_, field_size_}; }

  // Gathers `wanted` bytes of a field that may be cut anywhere.
  bool collect(Input& input, std::size_t wanted) {
    const std::size_t now = std::min(wanted - field_size_, input.left);
    if (now > 0) std::memcpy(field_ + field_size_, input.next, now);
    field_size_ += now;
    input.next += now;
    input.left -= now;
    return field_size_ == wanted;
  }
  // Skips a text that ends with a NUL byte.
  bool skip_text(Input& input) {
    const void* const end = input.left > 0 ? std::memchr(input.next, 0, input.left) : nullptr;
    const std::size_t now =
        end == nullptr
            ? input.left
            : static_cast<std::size_t>(static_cast<const std::byte*>(end) - input.next) + 1;
    input.next += now;
    input.left -= now;
    return end != nullptr;
  }
  // So far as it is there, the field is the start of a member: magic, deflate, no unknown flag.
  [[nodiscard]] bool begins_member() const {
    const Bytes at = field();
    return (at.empty() || byte_at(at, 0) == 0x1f) && (at.size() < 2 || byte_at(at, 1) == 0x8b) &&
           (at.size() < 3 || byte_at(at, 2) == 8) &&
           (at.size() < 4 || as_kernel_ || (byte_at(at, 3) & 0xe0) == 0);
  }

  Inflater inflater_;
  bool as_kernel_;
  State state_ = State::fixed;
  unsigned flags_ = 0;
  std::size_t skip_ = 0;
  std::uint32_t crc_ = 0;
  std::uint32_t length_ = 0;
  std::byte field_[10] = {};
  std::size_t field_size_ = 0;
};

}  // namespace rdload
