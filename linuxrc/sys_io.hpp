// Whole transfers over Sys, as common/io.hpp has them over descriptors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "common/error.hpp"
#include "linuxrc/sys.hpp"

namespace linuxrc {

// Done for a result of 0 or more; else the error of a call of Sys, which gave -errno.
[[gnu::format(printf, 2, 3)]] common::Status outcome(int result, const char* what, ...);

// Reads until `buffer` is full or the file ends; the bytes read, or -errno.
ssize_t read_full(Sys& sys, int fd, std::span<char> buffer);
// The same of what begins at byte `offset`.
ssize_t pread_full(Sys& sys, int fd, std::span<std::byte> buffer, std::uint64_t offset);
// Writes all of `data`; 0, or -errno. A write of nothing is -ENOSPC.
int write_full(Sys& sys, int fd, std::string_view data);

// Reads a small text file (such as one in /proc, whose size stat does not tell) into `buffer` and
// ends it with NUL; what does not fit is an error (EFBIG). Returns the length without the NUL.
common::Result<std::size_t> read_text(Sys& sys, const char* path, std::span<char> buffer);

}  // namespace linuxrc
