#include "linuxrc/sys_io.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstdarg>

namespace linuxrc {

using common::Error;
using common::Status;

Status outcome(int result, const char* what, ...) {
  if (result >= 0) return common::Done{};
  std::va_list arguments;
  va_start(arguments, what);
  const Error error = Error::system_list(-result, what, arguments);
  va_end(arguments);
  return error;
}

namespace {

// Calls read(from, size) for what is missing, until nothing is or nothing comes.
template <class Read>
ssize_t until_full(std::size_t size, Read read) {
  std::size_t length = 0;
  while (length < size) {
    const ssize_t now = read(length, size - length);
    if (now < 0) return now;
    if (now == 0) break;
    length += static_cast<std::size_t>(now);
  }
  return static_cast<ssize_t>(length);
}

}  // namespace

ssize_t read_full(Sys& sys, int fd, std::span<char> buffer) {
  return until_full(buffer.size(), [&](std::size_t from, std::size_t size) {
    return sys.read(fd, buffer.data() + from, size);
  });
}

ssize_t pread_full(Sys& sys, int fd, std::span<std::byte> buffer, std::uint64_t offset) {
  return until_full(buffer.size(), [&](std::size_t from, std::size_t size) {
    return sys.pread(fd, buffer.data() + from, size, offset + from);
  });
}

int write_full(Sys& sys, int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t now = sys.write(fd, data.data(), data.size());
    if (now <= 0) return now == 0 ? -ENOSPC : static_cast<int>(now);
    data.remove_prefix(static_cast<std::size_t>(now));
  }
  return 0;
}

common::Result<std::size_t> read_text(Sys& sys, const char* path, std::span<char> buffer) {
  const int fd = sys.open(path, O_RDONLY, 0);
  if (fd < 0) return Error::system(-fd, "open %s", path);
  const ssize_t length = read_full(sys, fd, buffer);
  (void)sys.close(fd);  // read only: nothing can be lost
  if (length < 0) return Error::system(static_cast<int>(-length), "read %s", path);
  const auto used = static_cast<std::size_t>(length);
  if (used == buffer.size()) return Error::system(EFBIG, "read %s", path);
  buffer[used] = '\0';
  return used;
}

}  // namespace linuxrc
