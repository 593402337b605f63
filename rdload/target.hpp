// Where an image goes: a RAM disk or another block device, or a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "rdload/buffer.hpp"
#include "rdload/device.hpp"
#include "rdload/identify.hpp"
#include "rdload/staged_file.hpp"
#include "rdload/stop.hpp"

namespace rdload {

struct TargetOptions {
  // A regular file is made anew, as large as the image. Without it the path must exist: a block
  // device, or a regular file whose size stands for a device's.
  bool create = false;
  Stop stop = {};  // ends a wait for a FIFO, and a long clearing between two pieces
};

// Bytes go in from front to back. Until prepare() nothing is changed. From then until commit() a
// device has no beginning, and a regular file has not got its name before finish(): whenever the
// program is killed, what can be mounted there is a whole image or, of a file, the old one.
class Target {
 public:
  // Opens a block device exclusively (EBUSY when it is mounted) and, where it can be, for direct
  // I/O, so that brd's pages are not held a second time in the page cache. `path` must outlive
  // the target.
  static common::Result<Target> open(const char* path, const TargetOptions& options);

  // The most that goes in, in bytes; UINT64_MAX for a file that grows.
  [[nodiscard]] std::uint64_t capacity() const { return capacity_; }
  // Something has been changed there, or may have been.
  [[nodiscard]] bool touched() const { return prepared_; }
  [[nodiscard]] bool is_device() const { return way_ == Way::device; }
  // A FIFO or a character device: what has gone there cannot be taken back.
  [[nodiscard]] bool is_stream() const { return way_ == Way::stream; }
  [[nodiscard]] const char* name() const { return name_; }

  // Takes away the beginning of what a device holds: a kernel finds no superblock from here on
  // until commit(). The rest goes piece by piece as the image comes, or here where memory is short.
  common::Status prepare();
  // Appends `size` bytes from `data`, which is page-aligned and whose last page may be
  // overwritten with zeros behind them. Each call but the last brings whole pages. Pages of zeros
  // are left out where the target reads as zero there already.
  common::Status write(std::byte* data, std::size_t size);
  // Clears what lies behind the image and writes everything back.
  common::Status settle();
  // After settle(): reads `size` whole pages or the last bytes at `offset`, from the device itself
  // rather than the page cache where direct I/O is possible. Until commit() the image's beginning
  // comes from memory.
  common::Status read_back(std::byte* data, std::size_t size, std::uint64_t offset);
  // Writes a device's beginning, with the superblock, after all the rest is known to be there.
  common::Status commit();
  // After commit(): reads the beginning back. False when it is not what was written.
  common::Result<bool> head_is_right();
  // Gives a file its name, and closes.
  common::Status finish();
  // Takes back what was written to a device, as far as it can be: after a wrong hash. True when its
  // memory was given back, false when it was cleared at most.
  bool discard();

  // Bytes of the image so far, and how many of them had to be stored.
  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] std::uint64_t stored() const { return stored_; }
  // True when pages of zeros cost nothing there.
  [[nodiscard]] bool reads_zero() const { return reads_zero_ || discards_; }

 private:
  static constexpr std::size_t compare_bytes = 1u << 20;
  static constexpr std::size_t compare_pages = compare_bytes / page_bytes;
  // As Linux 6.10 brought brd's discard, it passed over the first page of a range that begins at an
  // odd one ("brd: fix aligned_sector from brd_do_discard()" mended it, in 6.12.y too).
  static constexpr std::uint64_t discard_step = 2 * page_bytes;
  // More than any superblock's end, and whole pages.
  static constexpr std::size_t head_bytes = 128u << 10;
  static_assert(head_bytes >= identify_window);
  enum class Way : unsigned char { device, file, stream };

  common::Status open_device();
  common::Status open_stream(bool fifo);
  common::Status write_stream(const std::byte* data, std::size_t size);
  common::Status write_run(const std::byte* data, std::size_t size, std::uint64_t offset);
  // What is known of what the device holds there.
  enum class Over : unsigned char {
    zeros,
    old,       // what stands in old_
    anything,  // to be looked at
  };
  // At most compare_bytes.
  common::Status write_needed(const std::byte* data, std::size_t size, std::uint64_t offset,
                              Over over);
  common::Status read_device(std::byte* data, std::size_t size, std::uint64_t offset);
  // Reads what stands there, `at` bytes into a piece of the device that begins at `offset`, into
  // old_.
  common::Status load_old(std::size_t at, std::size_t size, std::uint64_t offset);
  common::Status clear_head();
  common::Status check_memory();
  common::Status clear_behind();
  common::Status clear_by_comparing(std::uint64_t from, std::uint64_t to);
  // Discards [from, to), and up to a page before it: what is to stand there is written afterwards.
  // False, and discards_ too, where that cannot be done.
  bool discard_range(std::uint64_t from, std::uint64_t to);
  // Discards the pages that are zero of a piece of `pages` at `offset`.
  bool discard_zeros(const bool* zero, std::size_t pages, std::uint64_t offset);
  bool leave_direct();

  common::UniqueFd fd_;
  StagedFile staged_;
  const char* name_ = "";
  Way way_ = Way::file;
  Driver driver_ = Driver::other;
  bool direct_ = false;
  bool reads_zero_ = false;  // all of it, but for what has been written
  bool discards_ = false;    // what is discarded reads as zero
  bool grows_ = false;
  std::uint64_t capacity_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t stored_ = 0;
  Stop stop_;
  bool prepared_ = false;
  bool committed_ = false;
  Buffer head_;                             // of a device: the image's beginning, until commit()
  std::uint64_t memory_checked_until_ = 0;  // position
  Buffer old_;                              // what a device held, to compare with
};

}  // namespace rdload
