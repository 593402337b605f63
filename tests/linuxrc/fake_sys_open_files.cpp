// FakeSys: calls on open files.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tests/linuxrc/errnos.hpp"
#include "tests/linuxrc/fake_sys.hpp"

namespace linuxrc::fake {

namespace {

// devkmsg_write() of kernel/printk/printk.c: what comes too soon is dropped in silence.
bool may_log(OpenFile& open, std::uint64_t now_ms) {
  std::erase_if(open.logged_ms, [&](std::uint64_t then) { return now_ms - then >= 5000; });
  if (open.logged_ms.size() == 10) return false;
  open.logged_ms.push_back(now_ms);
  return true;
}

}  // namespace

std::string line_of(const char* name, int fd, const OpenFile* open) {
  return std::string(name) + " " + std::to_string(fd) + " " + (open == nullptr ? "" : open->path);
}

int FakeSys::keep_on_exec(int fd) {
  if (const int failed = enter(Call::fcntl, line_of("fcntl", fd, file(fd))); failed < 0)
    return failed;
  OpenFile* const open = file(fd);
  if (open == nullptr) return done(-EBADF);
  open->close_on_exec = false;
  return 0;
}

int FakeSys::close(int fd) {
  const int failed = enter(Call::close, line_of("close", fd, file(fd)));
  // Linux has released the descriptor whatever close(2) gives.
  const bool was_open = process().files.erase(fd) > 0;
  if (failed < 0) return failed;
  return done(was_open ? 0 : -EBADF);
}

ssize_t FakeSys::read(int fd, void* buffer, std::size_t size) {
  const int failed = enter(Call::read, line_of("read", fd, file(fd)));
  OpenFile* const open = file(fd);
  // A file of /proc that has been opened is there.
  if (failed == -at_end && (open == nullptr || open->place.node->fs != kernel_.proc)) return 0;
  if (failed < 0 && failed > -one_byte) return failed;
  if (open == nullptr) return done(-EBADF);
  if (S_ISDIR(open->place.node->mode)) return done(-EISDIR);
  const Node& node = *open->place.node;
  const Disk* const disk = S_ISREG(node.mode) ? nullptr : kernel_.disk(node.device);
  const std::string& text = node.generated != Generated::no ? open->text
                            : disk != nullptr               ? disk->head
                                                            : node.content;
  std::size_t length = text.size() - std::min(open->offset, text.size());
  length = std::min({length, size, failed == -one_byte ? 1 : size});
  std::memcpy(buffer, text.data() + open->offset, length);
  open->offset += length;
  return done(static_cast<int>(length));
}

ssize_t FakeSys::pread(int fd, void* buffer, std::size_t size, std::uint64_t offset) {
  const int failed = enter(Call::pread, line_of("pread", fd, file(fd)));
  const OpenFile* const open = file(fd);
  if (failed == -at_end) return 0;
  if (failed < 0 && failed != -one_byte) return failed;
  if (open == nullptr) return done(-EBADF);
  const Node& node = *open->place.node;
  const bool is_flash = S_ISCHR(node.mode) && major(node.device) == Kernel::mtd_major;
  const Disk* const disk = is_flash             ? flash_disk()
                           : S_ISBLK(node.mode) ? kernel_.disk(node.device)
                                                : nullptr;
  const std::string& text = disk != nullptr ? disk->head : node.content;
  // A blank disk is blank all over.
  if (disk != nullptr && !text.empty() && offset >= text.size() && offset < disk->kib * 1024 &&
      text.find_first_not_of(text.back()) == std::string::npos) {
    const std::size_t blank =
        std::min<std::size_t>(size, static_cast<std::size_t>(disk->kib * 1024 - offset));
    std::memset(buffer, text.back(), blank);
    return done(static_cast<int>(blank));
  }
  if (offset >= text.size()) return done(0);
  const std::size_t length = std::min(
      {text.size() - static_cast<std::size_t>(offset), size, failed == -one_byte ? 1 : size});
  std::memcpy(buffer, text.data() + offset, length);
  return done(static_cast<int>(length));
}

int FakeSys::ftruncate(int fd, std::uint64_t bytes) {
  const int failed = enter(Call::ftruncate, line_of("ftruncate", fd, file(fd)));
  if (failed < 0) return failed;
  const OpenFile* const open = file(fd);
  if (open == nullptr || !open->writable) return done(-EINVAL);
  // Of what is as large as a RAM disk the zeros are not kept.
  constexpr std::uint64_t largest_kept = 65536;
  if (bytes <= largest_kept) open->place.node->content.resize(static_cast<std::size_t>(bytes));
  return 0;
}

int FakeSys::rewind(int fd) {
  if (const int failed = enter(Call::lseek, line_of("lseek", fd, file(fd))); failed < 0)
    return failed;
  OpenFile* const open = file(fd);
  if (open == nullptr) return done(-EBADF);
  open->offset = 0;
  open->text = kernel_.text_of(open->place.node->generated, process());
  return 0;
}

ssize_t FakeSys::write(int fd, const void* data, std::size_t size) {
  const int failed = enter(Call::write, line_of("write", fd, file(fd)));
  OpenFile* const open = file(fd);
  if (failed < 0 && failed != -one_byte) return failed;
  if (open == nullptr || !open->writable) return done(-EBADF);
  Node& node = *open->place.node;
  // A file of /proc or sysfs takes a write as a whole.
  const bool is_setting = node.fs == kernel_.proc || node.fs == kernel_.sysfs;
  if (failed == -one_byte && !is_setting) size = std::min<std::size_t>(size, 1);
  const std::string_view text{static_cast<const char*>(data), size};
  if (S_ISCHR(node.mode)) {
    if (node.device == makedev(5, 1)) say(text);
    if (node.device == makedev(1, 11) && may_log(*open, kernel_.now_ms)) kernel_log += text;
    if (node.device == makedev(10, 130)) {
      ++kernel_.watchdog_fed;
      kernel_.watchdog_stops_when_closed = text.find('V') != std::string_view::npos;
    }
  } else if (is_setting) {
    node.content = text;
  } else {
    if (node.content.size() < open->offset + size) node.content.resize(open->offset + size);
    node.content.replace(open->offset, size, text);
    open->offset += size;
  }
  return done(static_cast<int>(size));
}

int FakeSys::dup2(int fd, int wanted) {
  if (const int failed =
          enter(Call::dup2, line_of("dup2", fd, file(fd)) + " " + std::to_string(wanted));
      failed < 0)
    return failed;
  const OpenFile* const open = file(fd);
  if (open == nullptr) return done(-EBADF);
  if (fd == wanted) return done(wanted);
  OpenFile copy = *open;
  copy.close_on_exec = false;
  process().files[wanted] = copy;
  return done(wanted);
}

}  // namespace linuxrc::fake
