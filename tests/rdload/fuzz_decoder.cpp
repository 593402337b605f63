// Fuzz target for one decoder, named by FORMAT and MAKE when it is compiled. The first byte says
// in how large pieces the input comes and the output is taken, and whether as the kernel does; the
// result must not depend on the pieces.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "rdload/decoders/decoders.hpp"

namespace {

struct Outcome {
  bool finished = false;
  bool failed = false;
  std::vector<std::byte> bytes;
};

constexpr std::size_t most_bytes = 4 << 20;

Outcome decode(std::span<const std::byte> data, std::size_t in_piece, std::size_t out_piece,
               bool as_kernel) {
  Outcome outcome;
  rdload::DecoderOptions options;
  options.as_kernel = as_kernel;
#ifdef THREADS
  options.threads = THREADS;
  options.memory = 2 << 20;
#endif
  const rdload::DecoderPtr decoder = rdload::MAKE(options);
  std::vector<std::byte> room(out_piece);
  rdload::Input input;
  std::size_t given = 0;
  while (outcome.bytes.size() < most_bytes) {
    if (input.left == 0 && !input.last) {
      // An exact copy on the heap, so that reading past the piece is seen.
      const std::size_t now = std::min(in_piece, data.size() - given);
      static std::vector<std::byte> piece;
      piece.assign(data.begin() + static_cast<std::ptrdiff_t>(given),
                   data.begin() + static_cast<std::ptrdiff_t>(given + now));
      piece.shrink_to_fit();
      given += now;
      input = {piece.data(), now, given == data.size()};
    }
    rdload::Output output{room.data(), room.size()};
    const std::size_t before = input.left;
    const auto step = decoder->decode(input, output);
    const std::size_t made = room.size() - output.left;
    if (input.left > before || output.left > room.size()) std::abort();
    outcome.failed = !step;
    if (outcome.failed) return outcome;
    outcome.bytes.insert(outcome.bytes.end(), room.begin(),
                         room.begin() + static_cast<std::ptrdiff_t>(made));
    outcome.finished = *step == rdload::Step::finished;
    if (outcome.finished) return outcome;
    if (made == 0 && input.left == before && (before > 0 || input.last)) return outcome;
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::span bytes(static_cast<const std::byte*>(static_cast<const void*>(data)) + 1,
                        size - 1);
  const bool as_kernel = (data[0] & 1) != 0;
  const std::size_t in_piece = std::size_t{1} + (data[0] >> 1 & 7) * 37;
  const std::size_t out_piece = std::size_t{1} + (data[0] >> 4) * 411;
  const Outcome whole = decode(bytes, bytes.size() + 1, 1 << 16, as_kernel);
  if (whole.bytes.size() >= most_bytes) return 0;
  const Outcome pieces = decode(bytes, in_piece, out_piece, as_kernel);
  if (pieces.bytes.size() >= most_bytes) return 0;
  if (whole.finished != pieces.finished) std::abort();
  if (whole.finished && whole.bytes != pieces.bytes) std::abort();
  return 0;
}
