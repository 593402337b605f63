#include "mkramdisk/spool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "common/io.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Error;
using common::Status;

constexpr std::size_t most_waiting = 1 << 20;  // bytes

}  // namespace

common::Result<TemporarySpace> temporary_space() {
  const char* const wanted = std::getenv("TMPDIR");
  const std::string in = wanted != nullptr && *wanted != 0 ? wanted : "/var/tmp";
  TemporarySpace made;
  made.name = "temporary file in " + in;
  made.fd = common::UniqueFd(::open(in.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600));
  if (made.fd.valid()) return made;
  std::string name = in + "/mkramdisk-XXXXXX";
  made.fd = common::UniqueFd(::mkostemp(name.data(), O_CLOEXEC));
  if (!made.fd.valid()) return Error::system(errno, "create a %s", made.name.c_str());
  ::unlink(name.c_str());
  return made;
}

common::Result<std::unique_ptr<Spool>> Spool::open() {
  auto file = temporary_space();
  if (!file) return file.error();
  auto spool = std::make_unique<Spool>();
  spool->file_ = std::move(*file);
  return spool;
}

void Spool::begin() {
  begin_ = end_;
  ranges_.clear();
}

Status Spool::flush() {
  if (waiting_.empty()) return Done{};
  auto status = common::pwrite_full(file_.fd.get(), waiting_, waiting_at_, file_.name.c_str());
  waiting_.clear();
  return status;
}

Status Spool::put(std::uint64_t offset, std::span<const std::byte> data) {
  if (data.empty()) return Done{};
  if (!ranges_.empty() && ranges_.back().offset + ranges_.back().length == offset)
    ranges_.back().length += data.size();
  else
    ranges_.push_back({offset, data.size()});
  const std::uint64_t at = begin_ + offset;
  if (waiting_at_ + waiting_.size() != at || waiting_.size() + data.size() > most_waiting)
    if (auto status = flush(); !status) return status;
  if (waiting_.empty()) waiting_at_ = at;
  waiting_.insert(waiting_.end(), data.begin(), data.end());
  return Done{};
}

Status Spool::end(std::uint64_t size, Tree& tree, Inode& file) {
  file.size = size;
  tree.set_content(file, Content::Where::spool, begin_, ranges_);
  end_ = begin_ + size;
  return Done{};
}

Status Spool::finish() {
  if (auto status = flush(); !status) return status;
  // Data ranges are rounded up to blocks when they are read: a hole at the end must be there.
  if (::ftruncate(file_.fd.get(), static_cast<off_t>(end_)) != 0)
    return Error::system(errno, "resize %s", file_.name.c_str());
  return Done{};
}

}  // namespace mkramdisk
