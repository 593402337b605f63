// Formats of which several streams (frames, members) may follow one another directly: all of them
// are decoded. Whatever else stands behind one, zero padding or the rest of a partition, is not
// part of the image. The kernel takes the first only.
#pragma once

#include <algorithm>
#include <cstring>

#include "rdload/decoder.hpp"

namespace rdload {

inline common::Error corrupt(const char* reason) {
  return common::Error::of(common::Failure::corrupt, "%s", reason);
}

// Codec: Codec(const DecoderOptions&); bool start(); Result<Step> run(Input&, Output&);
// magic_bytes, and bool continues(const byte*): do these magic_bytes begin another stream? Where it
// differs from the Decoder's: the number ends_met, and bool silent().
template <class Codec>
class MemberDecoder final : public Decoder {
 public:
  explicit MemberDecoder(const DecoderOptions& options) : codec_(options), options_(options) {}

  common::Result<Step> decode(Input& input, Output& output) override {
    for (;;) {
      switch (state_) {
        case State::fresh:
          if (!codec_.start()) return common::Error::system(ENOMEM, "start a decoder");
          state_ = replay_.left > 0 ? State::replaying : State::within;
          break;
        case State::replaying: {
          const auto step = codec_.run(replay_, output);
          if (!step || *step == Step::finished) return step;  // no stream is as short as that
          if (replay_.left > 0) return Step::more;
          state_ = State::within;
          break;
        }
        case State::within: {
          const auto step = codec_.run(input, output);
          if (!step || *step == Step::more || options_.as_kernel) return step;
          state_ = State::between;
          ahead_size_ = 0;
          break;
        }
        case State::between: {
          const std::size_t now = std::min(Codec::magic_bytes - ahead_size_, input.left);
          if (now > 0) std::memcpy(ahead_ + ahead_size_, input.next, now);
          ahead_size_ += now;
          input.next += now;
          input.left -= now;
          if (ahead_size_ < Codec::magic_bytes) return input.last ? Step::finished : Step::more;
          if (!Codec::continues(ahead_)) return Step::finished;
          replay_ = {ahead_, Codec::magic_bytes, false};
          state_ = State::fresh;
          break;
        }
      }
    }
  }

  [[nodiscard]] std::size_t beyond() const override {
    return state_ == State::between ? ahead_size_ : 0;
  }
  [[nodiscard]] bool may_end() const override { return state_ == State::between; }
  [[nodiscard]] unsigned ends_met(bool truncated) const override {
    if constexpr (requires { Codec::ends_met; }) return truncated ? Codec::ends_met : 0;
    return Decoder::ends_met(truncated);
  }
  [[nodiscard]] bool silent() const override {
    if constexpr (requires { codec_.silent(); }) return codec_.silent();
    return false;
  }

 private:
  enum class State : unsigned char { fresh, replaying, within, between };

  Codec codec_;
  DecoderOptions options_;
  State state_ = State::fresh;
  std::byte ahead_[Codec::magic_bytes] = {};
  std::size_t ahead_size_ = 0;
  Input replay_;
};

// Moves a C library's view of the buffers back into ours.
inline void advance(Input& input, std::size_t used) {
  input.next += used;
  input.left -= used;
}
inline void advance(Output& output, std::size_t made) {
  output.next += made;
  output.left -= made;
}

}  // namespace rdload
