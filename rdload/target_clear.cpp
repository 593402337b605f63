// What a device held before must not be seen again.
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/sizes.hpp"
#include "rdload/target.hpp"
#include "rdload/zero.hpp"

namespace rdload {

using common::Done;
using common::Error;
using common::Status;

// Where a kernel looks for a superblock there is nothing from here on until commit().
Status Target::clear_head() {
  const std::uint64_t before = stored_;
  const std::size_t size = common::at_most(head_bytes, capacity_);
  const Status written = write_needed(head_.data(), size, 0, Over::anything);
  stored_ = before;
  if (!written) return written;
  if (::fsync(fd_.get()) != 0) return Error::system(errno, "fsync %s", name_);
  return Done{};
}

Status Target::clear_by_comparing(std::uint64_t from, std::uint64_t to) {
  if (from >= to) return Done{};
  Buffer zeros(compare_bytes);
  if (!zeros.ok()) return Error::system(ENOMEM, "clear the rest of %s", name_);
  std::memset(zeros.data(), 0, zeros.size());
  while (from < to) {
    if (stop_.asked()) return Stop::error(name_);
    const std::size_t now = common::at_most(compare_bytes, to - from);
    const Status loaded = load_old(0, now, from);
    if (!loaded) return loaded;
    if (!all_zero(old_.span().first(now))) {
      const std::uint64_t before = stored_;
      const Status status = write_needed(zeros.data(), now, from, Over::old);
      if (!status) return status;
      stored_ = before;  // clearing stores nothing of the image
    }
    from += now;
  }
  return Done{};
}

bool Target::discard_range(std::uint64_t from, std::uint64_t to) {
  from &= ~(discard_step - 1);
  std::uint64_t range[2] = {from, to - from};
  discards_ = ::ioctl(fd_.get(), BLKDISCARD, range) == 0;
  return discards_;
}

bool Target::discard_zeros(const bool* zero, std::size_t pages, std::uint64_t offset) {
  // A call takes as long as discarding and storing so many pages.
  constexpr int most_calls = 8;
  const bool* const end = zero + pages;
  const auto at = [&](const bool* page) {
    return std::min(offset + static_cast<std::uint64_t>(page - zero) * page_bytes, capacity_);
  };
  int runs = 0;
  for (const bool* page = zero; page != end; ++page)
    if (*page && (page == zero || !page[-1])) ++runs;
  if (runs > most_calls) return discard_range(offset, at(end));
  for (const bool* from = std::find(zero, end, true); from != end;) {
    const bool* const to = std::find(from, end, false);
    if (!discard_range(at(from), at(to))) return false;
    from = std::find(to, end, true);
  }
  return true;
}

Status Target::clear_behind() {
  if (way_ != Way::device) return Done{};
  // write() has filled up the image's last page, and prepare() has cleared the beginning.
  std::uint64_t from = (position_ + page_bytes - 1) & ~std::uint64_t{page_bytes - 1};
  from = std::min(std::max<std::uint64_t>(from, head_bytes), capacity_);
  const std::uint64_t whole_pages = capacity_ & ~std::uint64_t{page_bytes - 1};
  if (discards_ && !reads_zero_ && from < whole_pages) {
    // The page before an odd one is the image's, which discard_range() would take too.
    const std::uint64_t even = from + from % discard_step;
    const Status odd = clear_by_comparing(from, even);
    if (!odd) return odd;
    if (even < whole_pages) reads_zero_ = discard_range(even, whole_pages);
    from = even;
  }
  // brd discards whole pages only; write() has seen to the last piece where the image reaches it.
  if (discards_ || reads_zero_) from = position_ <= whole_pages ? whole_pages : capacity_;
  // Zeroing would give every page of a RAM disk memory; looking first does not.
  if (discard_zeroes(driver_)) return clear_by_comparing(from, capacity_);
  constexpr std::uint64_t step = 256u << 20;
  for (std::uint64_t at = from; at < capacity_; at += step) {
    if (stop_.asked()) return Stop::error(name_);
    std::uint64_t range[2] = {at, std::min(step, capacity_ - at)};
    if (::ioctl(fd_.get(), BLKZEROOUT, range) != 0) return clear_by_comparing(at, capacity_);
  }
  return Done{};
}

bool Target::discard() {
  if (way_ != Way::device || !prepare()) return false;
  position_ = 0;
  // The caller is already reporting a failure; that this one failed too changes nothing.
  static_cast<void>(clear_behind());
  return discards_;
}

}  // namespace rdload
