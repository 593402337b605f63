// Copying the running root into a new file on the flash.
#include <fcntl.h>
#include <linux/fs.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "linuxrc/file_sum.hpp"
#include "linuxrc/packer.hpp"
#include "linuxrc/save.hpp"
#include "linuxrc/sys_io.hpp"
#include "linuxrc/volume.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

// Of ext2's superblock, in bytes from the start of the file system (linux/ext2_fs.h).
constexpr std::size_t superblock = 1024;
constexpr std::size_t state_at = superblock + 58;  // bit 0: clean, bit 1: errors were found
constexpr unsigned char clean = 1;
constexpr unsigned char errors = 2;

// Beside the file itself: its list of blocks, the hash, and what directories grow by.
constexpr std::uint64_t spare_bytes = 128u << 10;

class Count final : public PackedSink {
 public:
  Status take(std::span<const unsigned char> bytes) override {
    total_ += bytes.size();
    return Done{};
  }
  [[nodiscard]] std::uint64_t total() const { return total_; }

 private:
  std::uint64_t total_ = 0;
};

class File final : public PackedSink {
 public:
  File(Sys& sys, int fd, const char* name) : sys_(sys), fd_(fd), name_(name) {}
  Status take(std::span<const unsigned char> bytes) override {
    sum_.update(bytes);
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    return outcome(write_full(sys_, fd_, text), "write %s", name_);
  }
  HexSum sum() { return hexadecimal(sum_.finish()); }

 private:
  Sys& sys_;
  int fd_;
  const char* name_;
  Sha256 sum_;
};

// While it lives nothing changes the root's file system, and no signal ends this program: whoever
// holds a frozen root has to let it go.
class Freeze {
 public:
  Freeze(Sys& sys, SaveCalls& calls) : sys_(sys), calls_(calls), status_(Done{}) {
    sys_.sync();
    fd_ = sys_.open("/", O_RDONLY | O_DIRECTORY, 0);
    status_ = outcome(fd_, "open /");
    if (!status_) return;
    calls_.hold_signals(true);
    status_ = outcome(sys_.ioctl(fd_, FIFREEZE, nullptr), "FIFREEZE /");
    frozen_ = status_.ok();
  }
  Freeze(const Freeze&) = delete;
  Freeze& operator=(const Freeze&) = delete;
  ~Freeze() {
    // Nothing else can be done about one that fails; SysRq-J thaws.
    if (frozen_) (void)sys_.ioctl(fd_, FITHAW, nullptr);
    if (fd_ < 0) return;
    calls_.hold_signals(false);
    (void)sys_.close(fd_);  // a directory
  }
  [[nodiscard]] const Status& status() const { return status_; }

 private:
  Sys& sys_;
  SaveCalls& calls_;
  int fd_ = -1;
  bool frozen_ = false;
  Status status_;
};

Status pack(Log& log, const SaveJob& job, PackedSink& sink, const char* what) {
  alignas(4096) static unsigned char buffer[65536];
  Packer packer(sink, job.gzip);
  ProgressLine progress(log);
  Status done = packer.begin();
  for (std::uint64_t at = 0; done && at < job.bytes;) {
    // Whole buffers, for direct I/O; behind the file system the device may go on.
    ssize_t got = log.sys().pread(job.device, buffer, sizeof buffer, at);
    if (got <= 0) return Error::system(got < 0 ? static_cast<int>(-got) : EIO, "read the RAM disk");
    got = static_cast<ssize_t>(
        std::min<std::uint64_t>(static_cast<std::size_t>(got), job.bytes - at));
    if (at == 0 && job.mark_clean && static_cast<std::size_t>(got) > state_at)
      buffer[state_at] |= clean;
    done = packer.add({buffer, static_cast<std::size_t>(got)});
    at += static_cast<std::uint64_t>(got);
    if (job.root_is_console) progress.tell(at, job.bytes, what);
  }
  return done ? packer.end() : done;
}

Status check_room(Log& log, SaveCalls& calls, const SaveJob& job) {
  Path folder;
  folder.append("%.*s", static_cast<int>(job.next.view().rfind('/')), job.next.c_str());
  std::uint64_t there = 0;
  const Status seen =
      outcome(calls.free_bytes(folder.c_str(), there), "statvfs %s", folder.c_str());
  if (!seen) return seen;
  if (job.bytes + spare_bytes <= there) return seen;
  std::uint64_t needed = job.bytes;
  if (job.gzip) {
    Count count;
    const Status counted = pack(log, job, count, "measured");
    if (!counted) return counted;
    needed = count.total();
  }
  if (needed + spare_bytes <= there) return seen;
  return Error::of(Failure::does_not_fit,
                   "%s: the new image takes %llu KiB beside the old one, and %llu KiB are free",
                   job.image.c_str(),
                   static_cast<unsigned long long>((needed + spare_bytes) / 1024),
                   static_cast<unsigned long long>(there / 1024));
}

Status write_file(Log& log, SaveCalls& calls, const SaveJob& job, Path& sum) {
  Sys& sys = log.sys();
  const int fd = sys.open(job.next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
  if (fd < 0) return outcome(fd, "open %s", job.next.c_str());
  File file(sys, fd, job.next.c_str());
  Status done = pack(log, job, file, "saved");
  if (done) done = outcome(calls.write_back(fd), "fsync %s", job.next.c_str());
  const int closed = sys.close(fd);
  if (done) done = outcome(closed, "close %s", job.next.c_str());
  sum.clear();
  sum.append("%s", file.sum().c_str());
  return done;
}

}  // namespace

Status read_root(Sys& sys, SaveJob& job) {
  alignas(4096) std::byte head[4096];
  const ssize_t got = sys.pread(job.device, head, sizeof head, 0);
  if (got < 0) return Error::system(static_cast<int>(-got), "read the RAM disk");
  const std::span<const std::byte> found = std::span(head).first(static_cast<std::size_t>(got));
  const auto field = [&](std::size_t at) { return le32(found, superblock + at); };
  constexpr std::uint32_t magic = 0xef53;
  if ((field(56) & 0xffff) != magic || field(24) > 6)
    return Error::of(Failure::not_usable, "/ is no ext2, ext3 or ext4: it cannot have changed");
  if ((le32(found, state_at) & errors) != 0)
    return Error::of(Failure::corrupt, "/ has errors (e2fsck): it is not saved");
  constexpr std::uint32_t has_64_bits = 0x80;
  constexpr std::uint32_t has_checksums = 0x400;
  const std::uint64_t high = (field(96) & has_64_bits) != 0 ? field(336) : 0;
  job.bytes = (high << 32 | field(4)) * (std::uint64_t{1024} << field(24));
  // Synced and frozen it is, but for files that were deleted and are still open.
  job.mark_clean = (field(100) & has_checksums) == 0 && field(232) == 0;
  return Done{};
}

Status write_next(Log& log, SaveCalls& calls, const SaveJob& job, Path& sum) {
  Sys& sys = log.sys();
  // What a power cut has left of an earlier attempt takes room.
  const int gone = sys.unlink(job.next.c_str());
  if (gone < 0 && gone != -ENOENT) return outcome(gone, "unlink %s", job.next.c_str());
  const Freeze freeze(sys, calls);
  Status done = freeze.status();
  if (done) done = check_room(log, calls, job);
  if (!done) return done;
  done = write_file(log, calls, job, sum);
  if (!done) (void)sys.unlink(job.next.c_str());  // half an image is worse than none
  return done;
}

}  // namespace linuxrc
