// Unpacker: contents and attributes; and the memory that they take.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "linuxrc/unpack.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Status;

constexpr std::size_t page = 4096;
constexpr std::uint64_t page_kib = page / 1024;
// An inode of tmpfs and its entry: 752 and 192 bytes on Linux 6.18, as /proc/slabinfo has them.
constexpr std::uint64_t inode_kib = 1;

bool is_zero(std::span<const char> bytes) {
  return std::ranges::all_of(bytes, [](char byte) { return byte == 0; });
}

// The first page of what is left.
std::span<const char> first_page(std::span<const char> bytes) {
  return bytes.first(std::min(page, bytes.size()));
}

}  // namespace

Status MemoryNeed::begin(const Member&) {
  machine_.watchdog.feed();
  kib_ += inode_kib;
  return Done{};
}

// A file's pieces but the last are whole pages.
Status MemoryNeed::data(std::span<const char> bytes) {
  bytes_ += bytes.size();
  for (; !bytes.empty(); bytes = bytes.subspan(first_page(bytes).size()))
    if (!is_zero(first_page(bytes))) kib_ += page_kib;
  machine_.watchdog.feed();
  progress_.tell(bytes_, 0, "measured");
  return Done{};
}

Unpacker::~Unpacker() {
  if (output_ >= 0) (void)machine_.sys.close(output_);  // of a file that was given up
}

// Pages of zeros are left out: they take no memory.
Status Unpacker::data(std::span<const char> bytes) {
  bytes_ += bytes.size();
  while (!bytes.empty()) {
    std::size_t run = 0;
    while (run < bytes.size() && !is_zero(first_page(bytes.subspan(run))))
      run += first_page(bytes.subspan(run)).size();
    std::span<const char> part = bytes.first(run);
    while (!part.empty()) {
      const ssize_t written = files_.pwrite(output_, part.data(), part.size(), offset_);
      if (written <= 0) return failed(written < 0 ? static_cast<int>(written) : -ENOSPC, "write");
      part = part.subspan(static_cast<std::size_t>(written));
      offset_ += static_cast<std::uint64_t>(written);
    }
    bytes = bytes.subspan(run);
    if (bytes.empty()) break;
    offset_ += first_page(bytes).size();
    bytes = bytes.subspan(first_page(bytes).size());
  }
  machine_.watchdog.feed();
  progress_.tell(bytes_, total_kib_ * 1024, "unpacked");
  return Done{};
}

Status Unpacker::end() {
  if (output_ >= 0) {
    int result = machine_.sys.ftruncate(output_, offset_);  // zeros at its end
    const int closed = machine_.sys.close(output_);
    output_ = -1;
    if (result >= 0) result = closed;
    if (result < 0) return failed(result, "write");
  }
  return made_ ? Status(Done{}) : set_attributes();
}

// In this order: a change of owner takes bits off the mode, and capabilities; any change the time.
Status Unpacker::set_attributes() {
  Status done = failed(files_.lchown(path_, member_.owner, member_.group), "chown");
  if (done && !S_ISLNK(member_.mode))
    done = failed(files_.chmod(path_, member_.mode & 07777), "chmod");
  if (done) done = set_xattrs();
  if (done)
    done = failed(files_.set_times(path_, member_.modified_s, member_.modified_ns), "utimensat");
  return done;
}

Status Unpacker::set_xattrs() {
  std::string_view name;
  std::string_view value;
  while (next_xattr(member_.extras, name, value)) {
    common::Text<256> text;  // the longest name of an attribute, with its NUL
    text.append_text(name);
    const int result = text.full() && name.size() > 255
                           ? -ERANGE
                           : files_.set_xattr(path_, text.c_str(), value.data(), value.size());
    if (result == -EOPNOTSUPP)
      ++left_out_;
    else if (result < 0)
      return failed(result, text.c_str());
  }
  return Done{};
}

}  // namespace linuxrc
