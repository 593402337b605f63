// Copier: a file's data, and what belongs to it.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "linuxrc/copy_tree.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Status;

// A log that is written to all the time is copied as it is at last.
constexpr unsigned most_attempts = 3;

std::array<char, 65536> buffer;

bool same(const FileDetails& one, const FileDetails& other) {
  return one.size == other.size && one.modified_s == other.modified_s &&
         one.modified_ns == other.modified_ns;
}

bool is_zero(std::span<const char> bytes) {
  return std::ranges::all_of(bytes, [](char byte) { return byte == 0; });
}

// On a file whose owner or mode alone was changed: its contents are those of the root below.
constexpr const char* metacopy_mark = "trusted.overlay.metacopy";

// Without these the overlay shows other files than it did: it cannot be laid on such a copy.
bool is_needed(std::string_view name) {
  constexpr std::string_view names[] = {"trusted.overlay.opaque", "trusted.overlay.redirect",
                                        metacopy_mark, "trusted.overlay.whiteout",
                                        "trusted.overlay.whiteouts"};
  return std::ranges::find(names, name) != std::end(names);
}

Status write_at(FileSys& files, int fd, std::string_view data, std::uint64_t offset,
                const char* path) {
  while (!data.empty()) {
    const ssize_t written = files.pwrite(fd, data.data(), data.size(), offset);
    if (written <= 0)
      return outcome(written < 0 ? static_cast<int>(written) : -ENOSPC, "write %s", path);
    data.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return Done{};
}

}  // namespace

// `details` are those of the open file from then on: the name may mean another one by now.
Status Copier::copy_data(int input, int output, FileDetails& details) {
  Sys& sys = machine_.sys;
  for (unsigned attempt = 1; attempt <= most_attempts; ++attempt) {
    int result = files_.fstat_details(input, details);
    if (result < 0) return failed(result, "fstat", from_);
    result = sys.rewind(input);
    if (result < 0) return failed(result, "lseek", from_);
    // Nothing is left of an attempt before.
    result = sys.ftruncate(output, 0);
    if (result < 0) return failed(result, "ftruncate", to_);
    std::uint64_t offset = 0;
    for (ssize_t got = 1; got > 0;) {
      machine_.watchdog.feed();
      got = sys.read(input, buffer.data(), buffer.size());
      if (got < 0) return failed(static_cast<int>(got), "read", from_);
      const std::span<const char> data(buffer.data(), static_cast<std::size_t>(got));
      if (!is_zero(data)) {
        const Status written =
            write_at(files_, output, {data.data(), data.size()}, offset, to_.c_str());
        if (!written) return written;
      }
      offset += data.size();
    }
    // A hole at the end.
    result = sys.ftruncate(output, offset);
    if (result < 0) return failed(result, "ftruncate", to_);
    FileDetails now;
    result = files_.fstat_details(input, now);
    if (result < 0) return failed(result, "fstat", from_);
    if (same(details, now) && offset == now.size) return Done{};
    details = now;
  }
  machine_.log.warn("%s was written to while it was copied", from_.c_str());
  return Done{};
}

// A file of several names is copied by the first of them, and linked to by the others.
Status Copier::link_to(const LongPath& kept, bool& done) {
  const int result = files_.link(kept.c_str(), to_.c_str());
  done = result >= 0;
  return result == -ENOENT ? Done{} : failed(result, "link", to_);
}

Status Copier::copy_file(const FileDetails& listed) {
  Sys& sys = machine_.sys;
  LongPath kept;
  kept.append("%s/%llu", links_, static_cast<unsigned long long>(listed.inode));
  if (listed.names > 1) {
    bool linked = false;
    const Status tried = link_to(kept, linked);
    if (!tried || linked) return tried;
  }
  const int input = sys.open(from_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
  if (is_gone(input)) return Done{};
  if (input < 0) return failed(input, "open", from_);
  const int output = sys.open(to_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  Status done = failed(output, "open", to_);
  FileDetails details = listed;
  if (done) done = copy_data(input, output, details);
  if (output >= 0) {
    const int closed = sys.close(output);
    if (done) done = failed(closed, "close", to_);
  }
  (void)sys.close(input);  // read only
  if (done) done = copy_attributes(details);
  if (done && listed.names > 1) done = failed(files_.link(to_.c_str(), kept.c_str()), "link", kept);
  return done;
}

// The root below is another one now.
bool Copier::has_no_contents() {
  char mark[256];
  const ssize_t size = files_.get_xattr(from_.c_str(), metacopy_mark, mark, sizeof mark);
  if (size < 0 && size != -ERANGE) return false;
  machine_.log.warn("%s: its owner or mode alone was changed, the root's is used", from_.c_str());
  return true;
}

Status Copier::copy_xattrs() {
  static char names[16384];
  static char value[65536];
  const ssize_t length = files_.list_xattrs(from_.c_str(), names, sizeof names);
  if (length == -EOPNOTSUPP || length == -ENOSYS || length == -ENOENT) return Done{};
  if (length < 0) return failed(static_cast<int>(length), "llistxattr", from_);
  for (const char* name = names; name < names + length; name += std::strlen(name) + 1) {
    if (what_ == What::files && std::string_view(name).starts_with("trusted.overlay.")) continue;
    const ssize_t size = files_.get_xattr(from_.c_str(), name, value, sizeof value);
    if (size == -ENODATA || size == -ENOENT) continue;
    if (size < 0) return outcome(static_cast<int>(size), "lgetxattr %s of %s", name, from_.c_str());
    const int set = files_.set_xattr(to_.c_str(), name, value, static_cast<std::size_t>(size));
    if (set == -EOPNOTSUPP && !is_needed(name))
      ++left_out_;
    else if (set < 0)
      return outcome(set, "lsetxattr %s of %s", name, to_.c_str());
  }
  return Done{};
}

// In this order: a change of owner takes bits off the mode, and capabilities; any change the time.
Status Copier::copy_attributes(const FileDetails& details) {
  const char* const path = to_.c_str();
  Status done = failed(files_.lchown(path, details.owner, details.group), "chown", to_);
  if (done && !S_ISLNK(details.mode))
    done = failed(files_.chmod(path, details.mode & 07777), "chmod", to_);
  if (done) done = copy_xattrs();
  if (done)
    done =
        failed(files_.set_times(path, details.modified_s, details.modified_ns), "utimensat", to_);
  return done;
}

}  // namespace linuxrc
