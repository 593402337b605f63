#include "common/io.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace common {
namespace {

// What a system call returned, or its negative errno.
ssize_t or_errno(ssize_t returned) {
  return returned < 0 ? -errno : returned;
}

Result<std::size_t> read_outcome(ssize_t done, const char* name) {
  if (done < 0) return Error::system(static_cast<int>(-done), "read %s", name);
  return static_cast<std::size_t>(done);
}

Status write_outcome(ssize_t done, std::size_t wanted, const char* name) {
  if (done < 0) return Error::system(static_cast<int>(-done), "write %s", name);
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
  const auto read_on = [&](std::size_t done) {
    return or_errno(::read(fd, buffer.data() + done, buffer.size() - done));
  };
  return read_outcome(repeat_until_full(buffer.size(), read_on), name);
}

Result<std::size_t> pread_full(int fd, std::span<std::byte> buffer, std::uint64_t offset,
                               const char* name) {
  const auto read_on = [&](std::size_t done) {
    return or_errno(
        ::pread(fd, buffer.data() + done, buffer.size() - done, static_cast<off_t>(offset + done)));
  };
  return read_outcome(repeat_until_full(buffer.size(), read_on), name);
}

Status write_full(int fd, std::span<const std::byte> data, const char* name) {
  const auto write_on = [&](std::size_t done) {
    return or_errno(::write(fd, data.data() + done, data.size() - done));
  };
  return write_outcome(repeat_until_full(data.size(), write_on), data.size(), name);
}

Status pwrite_full(int fd, std::span<const std::byte> data, std::uint64_t offset,
                   const char* name) {
  const auto write_on = [&](std::size_t done) {
    return or_errno(
        ::pwrite(fd, data.data() + done, data.size() - done, static_cast<off_t>(offset + done)));
  };
  return write_outcome(repeat_until_full(data.size(), write_on), data.size(), name);
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
