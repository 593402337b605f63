#include "rdload/staged_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "common/text.hpp"

namespace rdload {

using common::Done;
using common::Error;
using common::Result;
using common::Status;

namespace {

constexpr std::size_t name_bytes = PATH_MAX + 32;
constexpr char beside[] = ".rdload-XXXXXX";

mode_t current_umask() {
  const mode_t mask = ::umask(077);
  ::umask(mask);
  return mask;
}

}  // namespace

const char* StagedFile::final_name() const {
  return static_cast<const char*>(static_cast<void*>(names_.data()));
}

char* StagedFile::temporary_name() const {
  return static_cast<char*>(static_cast<void*>(names_.data() + name_bytes));
}

StagedFile::~StagedFile() {
  // Failing means that somebody else has removed it already.
  if (named_) static_cast<void>(::unlink(temporary_name()));
}

Result<StagedFile> StagedFile::open(const char* path) {
  StagedFile file;
  file.names_ = Buffer(2 * name_bytes);
  if (!file.names_.ok()) return Error::system(ENOMEM, "open %s", path);
  auto* const name = static_cast<char*>(static_cast<void*>(file.names_.data()));
  if (::realpath(path, name) == nullptr) {
    if (errno != ENOENT) return Error::system(errno, "open %s", path);
    if (std::strlen(path) >= PATH_MAX) return Error::system(ENAMETOOLONG, "open %s", path);
    std::strcpy(name, path);  // NOLINT(clang-analyzer-security.insecureAPI.strcpy): just measured
  }

  char* const temporary = file.temporary_name();
  const char* const slash = std::strrchr(name, '/');
  const auto length =
      slash == nullptr ? std::size_t{0} : static_cast<std::size_t>(slash - name + 1);
  std::memcpy(temporary, name, length);
  std::memcpy(temporary + length, ".", sizeof ".");
  file.fd_ = common::UniqueFd(::open(temporary, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  std::memcpy(temporary + length, beside, sizeof beside);
  if (!file.fd_.valid()) {
    file.fd_ = common::UniqueFd(::mkostemp(temporary, O_CLOEXEC));
    if (!file.fd_.valid()) return Error::system(errno, "create a file beside %s", path);
    file.named_ = true;
  }
  const Status taken = file.take_over(name);
  if (!taken) return taken.error();
  return file;
}

Status StagedFile::take_over(const char* path) {
  struct stat old {};
  if (::stat(path, &old) == 0) {
    if (::fchown(fd_.get(), old.st_uid, old.st_gid) != 0 && errno != EPERM)
      return Error::system(errno, "chown the file to become %s", path);
    if (::fchmod(fd_.get(), old.st_mode & 07777) != 0)
      return Error::system(errno, "chmod the file to become %s", path);
  } else if (::fchmod(fd_.get(), 0666 & ~current_umask()) != 0) {
    return Error::system(errno, "chmod the file to become %s", path);
  }
  return Done{};
}

Status StagedFile::publish(int fd) {
  if (!named_) {
    // A nameless file is linked by its entry in /proc (open(2), O_TMPFILE); a name not yet taken
    // is found by trying.
    common::Text<64> link;
    link.append("/proc/self/fd/%d", fd);
    char* const suffix = temporary_name() + std::strlen(temporary_name()) - 6;
    for (unsigned attempt = 0;; ++attempt) {
      common::Text<8> number;
      number.append("%06u", (static_cast<unsigned>(::getpid()) + attempt) % 1000000);
      std::memcpy(suffix, number.c_str(), number.size());
      if (::linkat(AT_FDCWD, link.c_str(), AT_FDCWD, temporary_name(), AT_SYMLINK_FOLLOW) == 0)
        break;
      if (errno != EEXIST || attempt == 1000)
        return Error::system(errno, "link %s", temporary_name());
    }
    named_ = true;
  }
  if (::rename(temporary_name(), final_name()) != 0)
    return Error::system(errno, "rename %s to %s", temporary_name(), final_name());
  named_ = false;
  return Done{};
}

}  // namespace rdload
