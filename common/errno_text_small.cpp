// The texts of a build that has to be small: what linuxrc's own calls can come to (the man pages of
// mount(2), open(2), execve(2) and the like), in the words of glibc. libc's table has 3 KiB more.
#include <cerrno>
#include <cstdint>

#include "common/errno_text.hpp"

namespace common {
namespace {

struct Row {
  int number;
  const char* text;
};
constexpr Row rows[] = {
    {EPERM, "Operation not permitted"},
    {ENOENT, "No such file or directory"},
    {EIO, "Input/output error"},
    {ENXIO, "No such device or address"},
    {E2BIG, "Argument list too long"},
    {ENOEXEC, "Exec format error"},
    {ECHILD, "No child processes"},
    {EAGAIN, "Resource temporarily unavailable"},
    {ENOMEM, "Cannot allocate memory"},
    {EACCES, "Permission denied"},
    {EBUSY, "Device or resource busy"},
    {EEXIST, "File exists"},
    {EXDEV, "Invalid cross-device link"},
    {ENODEV, "No such device"},
    {ENOTDIR, "Not a directory"},
    {EISDIR, "Is a directory"},
    {EINVAL, "Invalid argument"},
    {EMFILE, "Too many open files"},
    {ENOTTY, "Inappropriate ioctl for device"},
    {ETXTBSY, "Text file busy"},
    {EFBIG, "File too large"},
    {ENOSPC, "No space left on device"},
    {EROFS, "Read-only file system"},
    {ENAMETOOLONG, "File name too long"},
    {ENOSYS, "Function not implemented"},
    {ELOOP, "Too many levels of symbolic links"},
    {ELIBBAD, "Accessing a corrupted shared library"},
    {EOPNOTSUPP, "Operation not supported"},
    {ETIMEDOUT, "Connection timed out"},
    {ENOMEDIUM, "No medium found"},
};

}  // namespace

const char* errno_text(int errno_value) {
  for (const Row& row : rows)
    if (row.number == errno_value) return row.text;
  return nullptr;
}

std::size_t most_before_reason() {
  return SIZE_MAX;
}

}  // namespace common
