#include "rdload/source.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/io.hpp"
#include "common/sizes.hpp"
#include "rdload/crc32.hpp"
#include "rdload/device.hpp"

namespace rdload {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;

namespace {

// Pages are given back in pieces of this size, so that the calls cost nothing.
constexpr std::uint64_t release_step = 4u << 20;

}  // namespace

Result<Source> Source::open(const char* path, const SourceOptions& options) {
  const bool standard_input = std::strcmp(path, "-") == 0;
  if (standard_input) {
    if (options.release)
      return Error::of(Failure::usage, "standard input: cannot be released while it is read");
    common::UniqueFd copy(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!copy.valid()) return Error::system(errno, "dup standard input");
    return from(std::move(copy), "standard input", options);
  }
  // Opening a FIFO waits for its writer, and nothing could end that. This way it is read() that
  // waits.
  struct stat status {};
  const bool fifo = ::stat(path, &status) == 0 && S_ISFIFO(status.st_mode);
  const int flags = options.release ? O_RDWR : O_RDONLY;
  auto fd = common::open_file(path, flags | (fifo ? O_NONBLOCK : 0));
  if (!fd) return fd.error();
  auto source = from(std::move(*fd), path, options);
  if (source) source->on_path_ = true;
  return source;
}

Result<Source> Source::from(common::UniqueFd fd, const char* name, const SourceOptions& options) {
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return Error::system(errno, "stat %s", name);
  if (S_ISDIR(status.st_mode)) return Error::system(EISDIR, "read %s", name);

  Source source;
  source.name_ = name;
  source.regular_ = S_ISREG(status.st_mode);
  source.seekable_ = ::lseek(fd.get(), 0, SEEK_CUR) >= 0;
  std::optional<std::uint64_t> whole;
  if (source.regular_ && status.st_size > 0) {
    whole = static_cast<std::uint64_t>(status.st_size);
  } else if (S_ISBLK(status.st_mode)) {
    // Linux 2.4's /dev/initrd has a block device's number and can be read, but knows no ioctl.
    const auto bytes = device_bytes(fd.get(), name);
    if (bytes) whole = *bytes;
    if (!bytes && bytes.error().errno_value() != ENOTTY) return bytes.error();
  }
  if (options.release && !source.regular_)
    return Error::of(Failure::usage, "%s: only a regular file can be released", name);
  source.release_ = options.release;
  source.fd_ = std::move(fd);
  source.disks_ = options.disks;
  source.stop_ = options.stop;
  source.disk_kib_ = whole.value_or(0) / 1024;
  // How much a set of disks holds is known to nobody.
  if (source.may_go_on()) whole.reset();
  if (whole) source.size_ = *whole > options.start ? *whole - options.start : 0;
  const Status skipped = source.skip_start(options.start);
  if (!skipped) return skipped.error();
  if (options.length) source.limit(*options.length);
  return source;
}

Status Source::skip_start(std::uint64_t start) {
  if (start > INT64_MAX)
    return Error::of(Failure::usage, "%s: no file reaches to byte %llu", name_,
                     static_cast<unsigned long long>(start));
  if (seekable_) {
    offset_ = start;
    released_ = start & ~std::uint64_t{page_bytes - 1};
    return Done{};
  }
  Buffer scrap(64 * 1024);
  if (!scrap.ok()) return Error::system(ENOMEM, "read %s", name_);
  while (start > 0) {
    const std::size_t now = common::at_most(scrap.size(), start);
    auto got = read_pipe(scrap.span().first(now));
    if (!got) return got.error();
    if (*got < now) break;  // it ends before the image starts: not found, said later
    start -= now;
  }
  return Done{};
}

Result<std::size_t> Source::read_raw(std::span<std::byte> buffer) {
  const std::uint64_t left = end_ - position_;
  buffer = buffer.first(common::at_most(buffer.size(), left));
  if (buffer.empty() || !fd_.valid()) return std::size_t{0};  // a set's last disk is closed
  auto got = seekable_ ? common::pread_full(fd_.get(), buffer, offset_, name_) : read_pipe(buffer);
  // /dev/mem: read(2) ends with the memory that the kernel uses, and mem= puts images above it.
  if (!got && got.error().errno_value() == EFAULT && seekable_ && !regular_)
    got = read_mapped(buffer);
  if (got) offset_ += *got;
  return got;
}

Result<std::size_t> Source::read_pipe(std::span<std::byte> buffer) {
  Status waited = Done{};
  const auto read_on = [&](std::size_t done) -> ssize_t {
    waited = wait_for(fd_.get(), POLLIN, stop_, name_);
    if (!waited) return -ECANCELED;
    const ssize_t got = ::read(fd_.get(), buffer.data() + done, buffer.size() - done);
    if (got < 0) return errno == EAGAIN ? -EINTR : -errno;
    return got;
  };
  const ssize_t got = common::repeat_until_full(buffer.size(), read_on);
  if (!waited) return waited.error();
  if (got < 0) return Error::system(static_cast<int>(-got), "read %s", name_);
  return static_cast<std::size_t>(got);
}

Result<std::size_t> Source::read_mapped(std::span<std::byte> buffer) {
  const std::uint64_t page = offset_ & ~std::uint64_t{page_bytes - 1};
  const auto before = static_cast<std::size_t>(offset_ - page);
  void* const window = ::mmap(nullptr, before + buffer.size(), PROT_READ, MAP_SHARED, fd_.get(),
                              static_cast<off_t>(page));
  if (window == MAP_FAILED) return Error::system(errno, "mmap %s", name_);
  std::memcpy(buffer.data(), static_cast<const std::byte*>(window) + before, buffer.size());
  ::munmap(window, before + buffer.size());
  return buffer.size();
}

Status Source::next_disk() {
  fd_.reset();
  ++disk_;
  if (!disks_.ask(disks_.context, disk_)) {
    disks_ = {};
    if (stop_.asked()) return Stop::error(name_);
    return Done{};
  }
  auto fd = common::open_file(name_, O_RDONLY);
  if (!fd) return fd.error();
  fd_ = std::move(*fd);
  offset_ = 0;
  return Done{};
}

Result<std::span<const std::byte>> Source::peek(std::size_t window) {
  peeked_ = Buffer(window);
  if (!peeked_.ok()) return Error::system(ENOMEM, "read %s", name_);
  auto got = read_raw(peeked_.span());
  if (!got) return got.error();
  peeked_at_ = 0;
  peeked_end_ = *got;
  return std::span<const std::byte>(peeked_.data(), *got);
}

void Source::skip_peeked(std::size_t bytes) {
  bytes = std::min(bytes, peeked_end_ - peeked_at_);
  peeked_at_ += bytes;
  position_ += bytes;
}

Result<std::size_t> Source::read(std::span<std::byte> buffer) {
  std::size_t done = 0;
  if (peeked_at_ < peeked_end_) {
    done = common::at_most(std::min(peeked_end_ - peeked_at_, buffer.size()), end_ - position_);
    std::memcpy(buffer.data(), peeked_.data() + peeked_at_, done);
    peeked_at_ += done;
    position_ += done;
    if (peeked_at_ == peeked_end_) peeked_ = Buffer();
  }
  auto got = read_raw(buffer.subspan(done));
  if (!got) return got.error();
  position_ += *got;
  if (sums_) crc_ = crc32_of(buffer.first(done + *got), crc_);
  if (release_) give_back();
  return done + *got;
}

Result<std::size_t> Source::read_over_disks(std::span<std::byte> buffer) {
  auto got = read(buffer);
  while (got && *got < buffer.size() && may_go_on()) {
    const Status changed = next_disk();
    if (!changed) return changed.error();
    auto more = read(buffer.subspan(*got));
    if (more) *more += *got;
    got = more;
  }
  return got;
}

void Source::limit(std::uint64_t bytes) {
  end_ = bytes > UINT64_MAX - position_ ? UINT64_MAX : position_ + bytes;
  if (!size_ || *size_ > end_) size_ = end_;
}

void Source::give_back() {
  const std::uint64_t whole = offset_ & ~std::uint64_t{page_bytes - 1};
  if (whole < released_ + release_step) return;
  if (::fallocate(fd_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                  static_cast<off_t>(released_), static_cast<off_t>(whole - released_)) != 0) {
    release_ = false;  // ramfs: only as a whole, at the end
    return;
  }
  released_ = whole;
}

Status Source::release_rest() {
  if (!regular_) return Done{};
  if (::ftruncate(fd_.get(), 0) != 0) return Error::system(errno, "truncate %s", name_);
  if (on_path_ && ::unlink(name_) != 0) return Error::system(errno, "unlink %s", name_);
  return Done{};
}

}  // namespace rdload
