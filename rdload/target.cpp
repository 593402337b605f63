#include "rdload/target.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/io.hpp"
#include "common/sizes.hpp"
#include "rdload/memory.hpp"
#include "rdload/zero.hpp"

namespace rdload {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;

namespace {

std::span<const std::byte> page_of(const std::byte* data, std::size_t size, std::size_t at) {
  return {data + at, std::min(page_bytes, size - at)};
}

}  // namespace

Result<Target> Target::open(const char* path, const TargetOptions& options) {
  Target target;
  target.name_ = path;
  target.stop_ = options.stop;
  struct stat status {};
  const bool exists = ::stat(path, &status) == 0;
  if (!exists && !(errno == ENOENT && options.create)) return Error::system(errno, "open %s", path);
  if (exists && S_ISDIR(status.st_mode)) return Error::system(EISDIR, "open %s", path);

  if (!exists || S_ISREG(status.st_mode)) {
    target.way_ = Way::file;
    target.grows_ = options.create;
    target.capacity_ = options.create ? UINT64_MAX : static_cast<std::uint64_t>(status.st_size);
    if (target.capacity_ == 0)
      return Error::of(Failure::does_not_fit,
                       "%s: an empty file; with --create it is made as large as the image", path);
    target.reads_zero_ = true;
    auto staged = StagedFile::open(path);
    if (!staged) return staged.error();
    target.fd_ = staged->take_fd();
    target.staged_ = std::move(*staged);
    return target;
  }

  const Status opened =
      S_ISBLK(status.st_mode) ? target.open_device() : target.open_stream(S_ISFIFO(status.st_mode));
  if (!opened) return opened.error();
  return target;
}

Status Target::open_device() {
  way_ = Way::device;
  fd_ = common::UniqueFd(::open(name_, O_RDWR | O_EXCL | O_CLOEXEC | O_DIRECT));
  direct_ = fd_.valid();
  if (!fd_.valid() && errno == EINVAL) {
    auto fd = common::open_file(name_, O_RDWR | O_EXCL);
    if (!fd) return fd.error();
    fd_ = std::move(*fd);
  }
  if (!fd_.valid()) return Error::system(errno, "open %s", name_);
  int read_only = 0;
  if (::ioctl(fd_.get(), BLKROGET, &read_only) == 0 && read_only != 0)
    return Error::system(EROFS, "open %s", name_);
  auto bytes = device_bytes(fd_.get(), name_);
  if (!bytes) return bytes.error();
  capacity_ = *bytes;
  driver_ = device_driver(fd_.get());
  return Done{};
}

Status Target::prepare() {
  prepared_ = true;
  if (way_ == Way::file && !grows_ && ::ftruncate(fd_.get(), static_cast<off_t>(capacity_)) != 0)
    return Error::system(errno, "truncate the file to become %s", name_);
  if (way_ != Way::device) return Done{};
  head_ = Buffer(head_bytes);
  if (!head_.ok()) return Error::system(ENOMEM, "write %s", name_);
  std::memset(head_.data(), 0, head_bytes);
  committed_ = false;
  reads_zero_ = false;
  discards_ = discard_zeroes(driver_);
  // To give back memory that is taken anew at once costs time, so that only what the image leaves
  // zero is discarded. Where memory may be short, all of it comes first.
  const bool short_of_memory = spare_memory().value_or(0) < capacity_;
  const std::uint64_t to =
      short_of_memory ? capacity_ : std::min<std::uint64_t>(head_bytes, capacity_);
  if (discards_ && discard_range(0, to)) {
    reads_zero_ = to == capacity_;
    return Done{};
  }
  return clear_head();
}

// Direct I/O is a request: some drivers refuse it only when written to, and a device whose size is
// no whole number of pages ends in a piece that cannot be written so.
bool Target::leave_direct() {
  if (!direct_) return false;
  direct_ = false;
  const int flags = ::fcntl(fd_.get(), F_GETFL);
  return flags >= 0 && ::fcntl(fd_.get(), F_SETFL, flags & ~O_DIRECT) == 0;
}

Status Target::write_run(const std::byte* data, std::size_t size, std::uint64_t offset) {
  const bool whole = (size | offset) % page_bytes == 0;
  if (!whole) static_cast<void>(leave_direct());
  Status status = common::pwrite_full(fd_.get(), {data, size}, offset, name_);
  if (!status && status.error().errno_value() == EINVAL && leave_direct())
    status = common::pwrite_full(fd_.get(), {data, size}, offset, name_);
  if (status) stored_ += size;
  return status;
}

Status Target::read_back(std::byte* data, std::size_t size, std::uint64_t offset) {
  if (head_.ok() && !committed_ && offset < head_bytes) {
    const std::size_t now = common::at_most(size, head_bytes - offset);
    std::memcpy(data, head_.data() + offset, now);
    data += now;
    size -= now;
    offset += now;
  }
  return size == 0 ? Status(Done{}) : read_device(data, size, offset);
}

Status Target::read_device(std::byte* data, std::size_t size, std::uint64_t offset) {
  if ((size | offset) % page_bytes != 0) static_cast<void>(leave_direct());
  auto got = common::pread_full(fd_.get(), {data, size}, offset, name_);
  if (!got && got.error().errno_value() == EINVAL && leave_direct())
    got = common::pread_full(fd_.get(), {data, size}, offset, name_);
  if (!got) return got.error();
  if (*got < size) return Error::system(EIO, "read %s", name_);
  return Done{};
}

Status Target::load_old(std::size_t at, std::size_t size, std::uint64_t offset) {
  if (!old_.ok()) old_ = Buffer(compare_bytes);
  if (!old_.ok()) return Error::system(ENOMEM, "read %s", name_);
  return read_device(old_.data() + at, size, offset + at);
}

// Writes the pages that are not zero, and those zero pages that have to replace something.
Status Target::write_needed(const std::byte* data, std::size_t size, std::uint64_t offset,
                            Over over) {
  bool zero[compare_pages] = {};
  std::size_t pages = 0;
  for (std::size_t at = 0; at < size; at += page_bytes) {
    const std::size_t now = std::min(page_bytes, size - at);
    // Of a device's last piece, where that is no page, brd discards nothing.
    zero[pages++] = (now == page_bytes || way_ != Way::device) && all_zero({data + at, now});
  }
  if (over == Over::anything && discards_ && discard_zeros(zero, pages, offset)) over = Over::zeros;
  std::size_t run = 0;
  for (std::size_t page = 0; page < pages; ++page) {
    const std::size_t at = page * page_bytes;
    bool needed = !zero[page];
    if (!needed && over == Over::anything) {
      // All the rest at once: reading page by page, where zeros lie between others, takes longer.
      const Status loaded = load_old(at, size - at, offset);
      if (!loaded) return loaded;
      over = Over::old;
    }
    if (!needed && over == Over::old) needed = !all_zero(page_of(old_.data(), size, at));
    if (needed) continue;
    if (at > run) {
      const Status status = write_run(data + run, at - run, offset + run);
      if (!status) return status;
    }
    run = at + page_bytes;
  }
  return run < size ? write_run(data + run, size - run, offset + run) : Status(Done{});
}

// brd takes the last page that there is, and then the system kills its programs or itself. So the
// load ends before. Looked at again when half of what there was may be used up.
Status Target::check_memory() {
  if (driver_ == Driver::other || position_ < memory_checked_until_) return Done{};
  const auto spare = spare_memory();
  if (spare && *spare < compare_bytes) return Error::system(ENOMEM, "write %s", name_);
  memory_checked_until_ = spare ? position_ + *spare / 2 : UINT64_MAX;
  return Done{};
}

Status Target::write(std::byte* data, std::size_t size) {
  const Status enough = check_memory();
  if (!enough) return enough;
  if (way_ == Way::stream) return write_stream(data, size);
  if (head_.ok() && position_ < head_bytes) {
    const std::size_t kept = common::at_most(size, head_bytes - position_);
    std::memcpy(head_.data() + position_, data, kept);
    position_ += kept;
    data += kept;
    size -= kept;
  }
  std::size_t padded = size;
  if (way_ == Way::device && size % page_bytes != 0) {
    padded = (size / page_bytes + 1) * page_bytes;
    padded = common::at_most(padded, capacity_ - position_);
    std::memset(data + size, 0, padded - size);
  }
  for (std::size_t at = 0; at < padded; at += compare_bytes) {
    const std::size_t now = std::min(compare_bytes, padded - at);
    const Status status =
        write_needed(data + at, now, position_, reads_zero_ ? Over::zeros : Over::anything);
    if (!status) return status;
    position_ += std::min(now, size - at);
  }
  return Done{};
}

Status Target::settle() {
  const Status cleared = clear_behind();
  if (!cleared) return cleared;
  if (way_ == Way::file && grows_ && ::ftruncate(fd_.get(), static_cast<off_t>(position_)) != 0)
    return Error::system(errno, "truncate the file to become %s", name_);
  // Character devices such as /dev/null have nothing to write back, and say so with EINVAL.
  if (::fsync(fd_.get()) != 0 && !(way_ == Way::stream && errno == EINVAL))
    return Error::system(errno, "fsync %s", name_);
  return Done{};
}

Status Target::commit() {
  if (!head_.ok() || committed_) return Done{};
  const std::uint64_t end = (position_ + page_bytes - 1) & ~std::uint64_t{page_bytes - 1};
  const std::size_t size = common::at_most(head_bytes, std::min(end, capacity_));
  const Status written = write_needed(head_.data(), size, 0, Over::zeros);
  if (!written) return written;
  committed_ = true;
  if (::fsync(fd_.get()) != 0) return Error::system(errno, "fsync %s", name_);
  return Done{};
}

Result<bool> Target::head_is_right() {
  if (!head_.ok()) return true;
  const std::size_t size = common::at_most(head_bytes, position_);
  Buffer there(head_bytes);
  if (!there.ok()) return Error::system(ENOMEM, "read %s", name_);
  const Status read = read_back(there.data(), size, 0);
  if (!read) return read.error();
  return std::memcmp(there.data(), head_.data(), size) == 0;
}

Status Target::finish() {
  if (way_ == Way::file) {
    const Status published = staged_.publish(fd_.get());
    if (!published) return published;
  }
  const int error = fd_.close();
  if (error != 0) return Error::system(error, "close %s", name_);
  return Done{};
}

}  // namespace rdload
