// Where an image is read from: a file, a block or MTD device, a pipe, /dev/mem.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "rdload/buffer.hpp"
#include "rdload/stop.hpp"

namespace rdload {

// Asks for the next disk of a set, counted from 2. False ends the set. Both members or neither.
struct DiskChanger {
  void* context = nullptr;
  bool (*ask)(void* context, unsigned number) = nullptr;
};

struct SourceOptions {
  std::uint64_t start = 0;  // bytes before the image; a pipe is read up to there
  // At most this many bytes from the start; what follows does not exist for the reader.
  std::optional<std::uint64_t> length;
  // Give back to the file system what has been read: punched where it can be, and truncated by
  // release_rest(). The file is lost, whatever comes of the load.
  bool release = false;
  // The source is one disk of a set: see next_disk().
  DiskChanger disks = {};
  Stop stop = {};  // ends a wait for a pipe
};

// Reads once, from front to back, after a look at the first bytes. Offsets are 64 bits wide.
class Source {
 public:
  // `path` must outlive the source; "-" is standard input.
  static common::Result<Source> open(const char* path, const SourceOptions& options);
  // Takes `fd`. `name` is for messages and must outlive the source.
  static common::Result<Source> from(common::UniqueFd fd, const char* name,
                                     const SourceOptions& options);

  // The image's first bytes, at most `window` of them and fewer only where it is shorter. Reads
  // them into a buffer of the source's own; what is read() later begins with them all the same.
  // To be called once, before read().
  common::Result<std::span<const std::byte>> peek(std::size_t window);
  // Drops `bytes` from the front of what was peeked, as a wrapper's header.
  void skip_peeked(std::size_t bytes);
  // The next bytes: `buffer` is full afterwards unless the image, or the disk of a set, ended.
  // Returns how many.
  common::Result<std::size_t> read(std::span<std::byte> buffer);
  // A read() that came short was not the last: there may be another disk.
  [[nodiscard]] bool may_go_on() const { return disks_.ask != nullptr; }
  // Asks for the next disk of the set and goes on at its first byte. When there is none,
  // may_go_on() is false afterwards. Errors: open's; Stop::error().
  common::Status next_disk();
  // read() over as many disks as it takes.
  common::Result<std::size_t> read_over_disks(std::span<std::byte> buffer);
  // A length was given, or stated by a wrapper, and has not been reached.
  [[nodiscard]] bool owes() const { return end_ != UINT64_MAX && position_ < end_; }
  // KiB of the disk that is in the drive; 0 when that is not known.
  [[nodiscard]] std::uint64_t disk_kib() const { return disk_kib_; }
  // Ends the image `bytes` after what has been read or skipped so far.
  void limit(std::uint64_t bytes);

  // From here on everything that is read goes into a CRC-32, for a uImage's contents.
  void begin_crc() { sums_ = true; }
  [[nodiscard]] std::uint32_t crc() const { return crc_; }

  // Gives back what is left, and the name where it is a file's: after a load, with release only.
  common::Status release_rest();
  // False once a file system has refused to take back what was read (ramfs cannot).
  [[nodiscard]] bool releasing() const { return release_; }

  [[nodiscard]] const char* name() const { return name_; }
  // Bytes from the start to the end; nothing when that is known only at the end.
  [[nodiscard]] std::optional<std::uint64_t> size() const { return size_; }
  // Bytes handed out so far, those of a dropped header included.
  [[nodiscard]] std::uint64_t position() const { return position_; }

 private:
  common::Status skip_start(std::uint64_t start);
  common::Result<std::size_t> read_raw(std::span<std::byte> buffer);
  void give_back();
  common::Result<std::size_t> read_pipe(std::span<std::byte> buffer);
  common::Result<std::size_t> read_mapped(std::span<std::byte> buffer);

  common::UniqueFd fd_;
  const char* name_ = "";
  bool seekable_ = false;
  bool regular_ = false;
  bool release_ = false;
  bool on_path_ = false;
  bool sums_ = false;
  std::uint32_t crc_ = 0;
  std::uint64_t offset_ = 0;  // of the next raw read, from the beginning of the file
  std::uint64_t end_ = UINT64_MAX;
  std::uint64_t released_ = 0;
  std::uint64_t position_ = 0;
  std::optional<std::uint64_t> size_;
  DiskChanger disks_;
  Stop stop_;
  unsigned disk_ = 1;
  std::uint64_t disk_kib_ = 0;
  Buffer peeked_;
  std::size_t peeked_at_ = 0;
  std::size_t peeked_end_ = 0;
};

}  // namespace rdload
