#include "common/io.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace common {
namespace {

// Repeats `call(done)` until `size` bytes are through, the input ends (0) or it fails (-1).
template <class Call>
ssize_t repeat(std::size_t size, Call call) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t now = call(done);
    if (now < 0 && errno == EINTR) continue;
    if (now < 0) return -1;
    if (now == 0) break;
    done += static_cast<std::size_t>(now);
  }
  return static_cast<ssize_t>(done);
}

Result<std::size_t> read_outcome(ssize_t done, const char* name) {
  if (done < 0) return Error::system(errno, "read %s", name);
  return static_cast<std::size_t>(done);
}

Status write_outcome(ssize_t done, std::size_t wanted, const char* name) {
  if (done < 0) return Error::system(errno, "write %s", name);
  if (static_cast<std::size_t>(done) < wanted) return Error::system(ENOSPC, "write %s", name);
  return Done{};
}

}  // namespace

Result<UniqueFd> open_file(const char* path, int flags, unsigned mode) {
  for (;;) {
    UniqueFd fd(::open(path, flags | O_CLOEXEC, mode));
    if (fd.valid()) return fd;
    if (errno != EINTR) return Error::system(errno, "open %s", path);
  }
}

Result<std::size_t> read_full(int fd, std::span<std::byte> buffer, const char* name) {
  return read_outcome(repeat(buffer.size(),
                             [&](std::size_t done) {
                               return ::read(fd, buffer.data() + done, buffer.size() - done);
                             }),
                      name);
}

Result<std::size_t> pread_full(int fd, std::span<std::byte> buffer, std::uint64_t offset,
                               const char* name) {
  return read_outcome(repeat(buffer.size(),
                             [&](std::size_t done) {
                               return ::pread(fd, buffer.data() + done, buffer.size() - done,
                                              static_cast<off_t>(offset + done));
                             }),
                      name);
}

Status write_full(int fd, std::span<const std::byte> data, const char* name) {
  return write_outcome(
      repeat(data.size(),
             [&](std::size_t done) { return ::write(fd, data.data() + done, data.size() - done); }),
      data.size(), name);
}

Status pwrite_full(int fd, std::span<const std::byte> data, std::uint64_t offset,
                   const char* name) {
  return write_outcome(repeat(data.size(),
                              [&](std::size_t done) {
                                return ::pwrite(fd, data.data() + done, data.size() - done,
                                                static_cast<off_t>(offset + done));
                              }),
                       data.size(), name);
}

Result<std::size_t> read_text(const char* path, std::span<char> buffer) {
  auto fd = open_file(path, O_RDONLY);
  if (!fd) return fd.error();
  auto length = read_full(fd->get(), std::as_writable_bytes(buffer), path);
  if (!length) return length.error();
  if (*length == buffer.size()) return Error::system(EFBIG, "read %s", path);
  buffer[*length] = '\0';
  return *length;
}

}  // namespace common
