// Whole transfers over calls that may do less than asked. EINTR is handled here and nowhere else.
#pragma once

#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>

#include "common/error.hpp"
#include "common/unique_fd.hpp"

namespace common {

// The loop under all of these, for callers with a call of their own. Repeats `call(done)` until
// `size` bytes are through or the input ends; after EINTR too. `call` returns how many bytes it
// moved, 0 at the end, or a negative errno. Returns the bytes moved in all, or that errno.
template <class Call>
ssize_t repeat_until_full(std::size_t size, Call call) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t now = call(done);
    if (now == -EINTR) continue;
    if (now < 0) return now;
    if (now == 0) break;
    done += static_cast<std::size_t>(now);
  }
  return static_cast<ssize_t>(done);
}

// open(2) with O_CLOEXEC added. The message names `path`.
Result<UniqueFd> open_file(const char* path, int flags, unsigned mode = 0);

// Reads until `buffer` is full or the input ends. Returns the bytes read. `name` is for messages.
Result<std::size_t> read_full(int fd, std::span<std::byte> buffer, const char* name);
// As read_full, at `offset` bytes, leaving the file position alone.
Result<std::size_t> pread_full(int fd, std::span<std::byte> buffer, std::uint64_t offset,
                               const char* name);
// Writes all of `data`. A write of 0 bytes is reported as ENOSPC.
Status write_full(int fd, std::span<const std::byte> data, const char* name);
Status pwrite_full(int fd, std::span<const std::byte> data, std::uint64_t offset, const char* name);

// Reads a small text file (such as one in /proc, whose size stat does not tell) into `buffer` and
// ends it with NUL; what does not fit is an error (EFBIG). Returns the length without the NUL.
Result<std::size_t> read_text(const char* path, std::span<char> buffer);

}  // namespace common
