// zstd images of several frames, as pzstd writes them: each frame is gathered whole and decoded by
// a thread of its own. What is one large frame, or too large for the memory allowed, goes through
// the decoder in zstd.cpp as it comes, and takes its window alone.
#include <zstd.h>
#include <zstd_errors.h>

#include <cerrno>

#include "rdload/buffer.hpp"
#include "rdload/decoders/decoders.hpp"
#include "rdload/decoders/member_decoder.hpp"
#include "rdload/decoders/workers.hpp"
#include "rdload/decoders/zstd_codec.hpp"
#include "rdload/decoders/zstd_scan.hpp"

namespace rdload {
namespace {

constexpr std::size_t most_frames = 16;  // at a time
// Of one, packed and unpacked, unless pzstd has written it: then others follow, and it is worth
// more.
constexpr std::size_t frame_bytes = std::size_t{16} << 20;

// One frame. Its buffers are used again by the frames after it.
struct FrameJob {
  Buffer packed;
  std::size_t packed_size = 0;
  Buffer plain;
  std::size_t plain_size = 0;
  std::size_t given = 0;  // of plain_size
  ZSTD_DCtx* context = nullptr;
  std::size_t outcome = 0;

  FrameJob() = default;
  FrameJob(const FrameJob&) = delete;
  FrameJob& operator=(const FrameJob&) = delete;
  ~FrameJob() { ZSTD_freeDCtx(context); }

  // Room for `size` packed bytes in all, keeping those that there are.
  bool grow(std::size_t size) {
    return packed.size() >= size || packed.grow(std::max(size, packed.size() * 2));
  }
  void run() {
    outcome = ZSTD_decompressDCtx(context, plain.data(), plain.size(), packed.data(), packed_size);
    plain_size = ZSTD_isError(outcome) != 0 ? 0 : outcome;
    given = 0;
  }
};

class ZstdFrames final : public Decoder {
 public:
  explicit ZstdFrames(const DecoderOptions& options)
      : options_(options), workers_(std::min<std::size_t>(options.threads, slots(options))) {}

  common::Result<Step> decode(Input& input, Output& output) override {
    for (;;) {
      if (serial_ && workers_.empty()) return decode_serially(input, output);
      FrameJob* const job = ended_ || serial_ ? nullptr : workers_.free_job();
      if (job != nullptr) {
        const auto gathered = gather(*job, input);
        if (!gathered) return gathered.error();
        if (*gathered) continue;
        // More input first, where there is any; the frames under way go on meanwhile.
        if (!input.last && !ended_ && !serial_) return Step::more;
      }
      if (workers_.empty()) return ended_ ? Step::finished : Step::more;
      FrameJob& front = workers_.front();
      if (ZSTD_isError(front.outcome) != 0) return zstd_error(front.outcome, false);
      const std::size_t now = std::min(front.plain_size - front.given, output.left);
      if (now > 0) std::memcpy(output.next, front.plain.data() + front.given, now);
      front.given += now;
      advance(output, now);
      if (front.given < front.plain_size) return Step::more;
      workers_.pop();
      if (output.left == 0) return Step::more;
    }
  }
  [[nodiscard]] std::size_t beyond() const override {
    if (serial_) return serial_->beyond();
    return ended_ ? ahead_size_ : 0;
  }
  [[nodiscard]] bool may_end() const override {
    return serial_ ? serial_->may_end() : begun_ && !within_ && skip_ == 0;
  }

 private:
  // pzstd's frames hold 8 MiB at its usual level.
  static std::size_t slots(const DecoderOptions& options) {
    return std::clamp<std::size_t>(options.memory / frame_bytes, 2, most_frames);
  }
  // Bytes of a frame and of what it decodes to that one job may take.
  [[nodiscard]] std::size_t most_bytes() const {
    const std::size_t share = options_.memory / workers_.slots();
    return announced_ ? share : std::min(share, frame_bytes);
  }

  // At most so many bytes come out of the frame, as far as it is known. One that lies is refused by
  // the library.
  [[nodiscard]] std::uint64_t decoded_size() const {
    return scan_.content() != 0 ? scan_.content() : scan_.bound();
  }

  // Goes on with what stands next in the input. True when there is more to do there at once.
  common::Result<bool> gather(FrameJob& job, Input& input) {
    const std::size_t skipped = std::min<std::uint64_t>(skip_, input.left);
    advance(input, skipped);
    skip_ -= skipped;
    if (skip_ > 0) return false;
    if (!within_) {
      const std::size_t head = 8;  // a magic number, and a skippable frame's length
      const std::size_t now = std::min(head - ahead_size_, input.left);
      if (now > 0) std::memcpy(ahead_ + ahead_size_, input.next, now);
      ahead_size_ += now;
      advance(input, now);
      if (ahead_size_ < head && !input.last) return false;
      return begin(job, input);
    }
    const std::size_t wanted = scan_.wanted({job.packed.data(), job.packed_size});
    if (wanted <= job.packed_size) return submit(job);
    if (decoded_size() > most_bytes() || wanted + decoded_size() > most_bytes())
      return go_serial(job);
    if (!job.grow(wanted)) return common::Error::system(ENOMEM, "decode zstd");
    const std::size_t now = std::min(wanted - job.packed_size, input.left);
    if (now > 0) std::memcpy(job.packed.data() + job.packed_size, input.next, now);
    job.packed_size += now;
    advance(input, now);
    return now > 0;
  }

  // A frame, one to be skipped, or what is no part of the image.
  common::Result<bool> begin(FrameJob& job, const Input& input) {
    const Bytes head(ahead_, ahead_size_);
    const std::uint64_t magic = head.size() < 4 ? 0 : le32(head, 0);
    const bool skippable = (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
    if (magic != ZSTD_MAGICNUMBER && !skippable) {
      if (!begun_) return corrupt("not a zstd header");
      ended_ = true;
      return false;
    }
    if (head.size() < sizeof ahead_ && input.last) return false;  // cut: the caller sees it
    begun_ = true;
    ahead_size_ = 0;
    if (skippable) {
      skip_ = le32(head, 4);
      // pzstd puts the length of each frame, in four bytes, before it.
      announced_ = magic == ZSTD_MAGIC_SKIPPABLE_START && skip_ == 4;
      return true;
    }
    if (!job.grow(std::size_t{1} << 20)) return common::Error::system(ENOMEM, "decode zstd");
    std::memcpy(job.packed.data(), ahead_, sizeof ahead_);
    job.packed_size = sizeof ahead_;
    scan_ = ZstdScan();
    within_ = true;
    return true;
  }

  common::Result<bool> submit(FrameJob& job) {
    const auto size = static_cast<std::size_t>(decoded_size());
    if (job.plain.size() < size) job.plain = Buffer(size);
    if (job.context == nullptr) job.context = ZSTD_createDCtx();
    if ((size > 0 && !job.plain.ok()) || job.context == nullptr)
      return common::Error::system(ENOMEM, "decode zstd");
    within_ = announced_ = false;
    workers_.submit();
    return true;
  }

  common::Result<bool> go_serial(FrameJob& job) {
    serial_ = make_zstd_stream(options_);
    if (!serial_) return common::Error::system(ENOMEM, "decode zstd");
    replay_ = std::move(job.packed);
    replayed_ = {replay_.data(), job.packed_size, false};
    return true;
  }

  common::Result<Step> decode_serially(Input& input, Output& output) {
    if (replayed_.left > 0) {
      const auto step = serial_->decode(replayed_, output);
      if (!step || *step == Step::finished || replayed_.left > 0) return step;
      replay_ = Buffer();
    }
    return serial_->decode(input, output);
  }

  DecoderOptions options_;
  Workers<FrameJob, most_frames> workers_;
  ZstdScan scan_;
  bool begun_ = false;   // at least one frame
  bool within_ = false;  // the job to fill next holds a part of one
  bool ended_ = false;
  bool announced_ = false;  // pzstd's mark stood before the frame at hand
  std::uint64_t skip_ = 0;
  std::byte ahead_[8] = {};
  std::size_t ahead_size_ = 0;
  DecoderPtr serial_;
  Buffer replay_;  // what was gathered before it was seen that a frame is too large
  Input replayed_;
};

}  // namespace

DecoderPtr make_zstd(const DecoderOptions& options) {
  if (options.threads < 2 || options.as_kernel) return make_zstd_stream(options);
  return make_decoder<ZstdFrames>(options);
}

}  // namespace rdload
