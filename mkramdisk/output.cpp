#include "mkramdisk/output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <utility>

#include "common/io.hpp"
#include "mkramdisk/temporary_name.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Error;
using common::Result;
using common::Status;
using common::UniqueFd;

class File : public Output {
 public:
  File(UniqueFd fd, std::string path, const std::string& temporary)
      : fd_(std::move(fd)), path_(std::move(path)), temporary_(temporary) {}
  ~File() override { temporary_.remove(); }

  [[nodiscard]] bool ordered() const override { return false; }
  Status write(std::uint64_t offset, std::span<const std::byte> data) override {
    return common::pwrite_full(fd_.get(), data, offset, path_.c_str());
  }
  Status commit() override {
    if (::fsync(fd_.get()) != 0) return Error::system(errno, "fsync %s", path_.c_str());
    const SignalsHeld held;  // no signal between having a temporary name and losing it
    if (temporary_.empty())
      if (auto status = give_name(); !status) return status;
    if (const int failed = fd_.close(); failed != 0)
      return Error::system(failed, "close %s", path_.c_str());
    if (::rename(temporary_.c_str(), path_.c_str()) != 0)
      return Error::system(errno, "rename %s to %s", temporary_.c_str(), path_.c_str());
    temporary_.forget();
    return Done{};
  }

 private:
  // A nameless file gets a temporary name first: link(2) cannot replace what is there.
  Status give_name() {
    const std::string self = "/proc/self/fd/" + std::to_string(fd_.get());
    for (unsigned attempt = 0;; ++attempt) {
      const std::string name = temporary_name(path_, attempt);
      if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
        temporary_.hold(name);
        return Done{};
      }
      if (errno != EEXIST || attempt == 100) return Error::system(errno, "link %s", name.c_str());
    }
  }

  UniqueFd fd_;
  std::string path_;
  TemporaryFile temporary_;
};

class Stream : public Output {
 public:
  Stream(UniqueFd owned, int fd, std::string name)
      : owned_(std::move(owned)), fd_(fd), name_(std::move(name)) {}

  [[nodiscard]] bool ordered() const override { return true; }
  Status write(std::uint64_t, std::span<const std::byte> data) override {
    return common::write_full(fd_, data, name_.c_str());
  }
  Status commit() override {
    // Pipes and terminals answer EINVAL: there is nothing to sync.
    if (::fsync(fd_) != 0 && errno != EINVAL && errno != EROFS)
      return Error::system(errno, "fsync %s", name_.c_str());
    if (const int failed = owned_.close(); failed != 0)
      return Error::system(failed, "close %s", name_.c_str());
    return Done{};
  }

 private:
  UniqueFd owned_;
  int fd_;
  std::string name_;
};

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// The file that `path` leads to, so that a symbolic link stays one.
std::string resolve(const std::string& path) {
  char* const found = ::realpath(path.c_str(), nullptr);
  if (found == nullptr) return path;
  std::string resolved(found);
  std::free(found);
  return resolved;
}

}  // namespace

Result<std::unique_ptr<Output>> create_file(const std::string& path, std::uint64_t size) {
  const std::string target = resolve(path);
  std::string name;
  UniqueFd fd(::open(folder_of(target).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0666));
  // Without /proc a nameless file could never get its name.
  if (fd.valid() && ::access("/proc/self/fd", X_OK) != 0) fd.reset();
  for (unsigned attempt = 0; !fd.valid() && attempt < 100; ++attempt) {
    name = temporary_name(target, attempt);
    fd = UniqueFd(::open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666));
    if (!fd.valid() && errno != EEXIST) break;
  }
  if (!fd.valid()) return Error::system(errno, "create %s", path.c_str());
  const int raw = fd.get();
  std::unique_ptr<Output> file = std::make_unique<File>(std::move(fd), target, name);
  if (::ftruncate(raw, static_cast<off_t>(size)) != 0)
    return Error::system(errno, "resize %s", path.c_str());
  return file;
}

std::unique_ptr<Output> stream_to(int fd, std::string name) {
  return std::make_unique<Stream>(UniqueFd(), fd, std::move(name));
}

bool is_file_output(const std::string& path) {
  struct stat there {};
  return path != "-" && (::stat(path.c_str(), &there) != 0 || S_ISREG(there.st_mode));
}

Result<std::unique_ptr<Output>> open_output(const std::string& path, std::uint64_t size,
                                            int standard_output) {
  if (path == "-") return stream_to(standard_output, "standard output");
  if (is_file_output(path)) return create_file(path, size);
  struct stat there {};
  if (::stat(path.c_str(), &there) == 0 && S_ISDIR(there.st_mode))
    return Error::system(EISDIR, "write %s", path.c_str());
  auto fd = common::open_file(path.c_str(), O_WRONLY);
  if (!fd) return fd.error();
  const int raw = fd->get();
  return std::unique_ptr<Output>(std::make_unique<Stream>(std::move(*fd), raw, path));
}

}  // namespace mkramdisk
