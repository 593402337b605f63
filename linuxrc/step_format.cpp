// A blank upper gets a file system: flash by being erased, a disk by the root's own mkfs.
#include <fcntl.h>
#include <linux/fs.h>
#include <mtd/mtd-user.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "linuxrc/mtd.hpp"
#include "linuxrc/overlay.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

// An open device, closed by its owner's end.
class Open {
 public:
  Open(Sys& sys, const char* path, int flags) : sys_(sys), fd_(sys.open(path, flags, 0)) {}
  ~Open() {
    if (fd_ >= 0) (void)sys_.close(fd_);  // nothing is buffered: a write or an erasure has said
  }
  Open(const Open&) = delete;
  Open& operator=(const Open&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  Sys& sys_;
  int fd_;
};

// The first block that begins with the mark; the number of blocks where none does.
common::Result<std::uint32_t> find_mark(Machine& machine, int fd, const mtd_info_t& flash) {
  const std::uint32_t blocks = flash.size / flash.erasesize;
  for (std::uint32_t block = 0; block < blocks; ++block) {
    std::array<std::byte, 4> begin{};
    const auto offset = std::uint64_t{block} * flash.erasesize;
    const ssize_t got = pread_full(machine.sys, fd, begin, offset);
    // A bad block cannot be read, and does not have it.
    if (got < 0)
      machine.log.warn("%s, going on",
                       outcome(static_cast<int>(got), "read block %u", block).error().text());
    if (got == static_cast<ssize_t>(begin.size()) &&
        identify_upper(begin) == UpperContents::dead_code)
      return block;
  }
  return blocks;
}

// All zeroes, or all ones: at both ends, where whatever uses a disk leaves its signs, and at
// places between.
Status check_blank(Machine& machine, int fd, std::uint64_t bytes) {
  static std::array<std::byte, 65536> buffer;
  constexpr std::uint64_t end = 1 << 20;
  constexpr std::uint64_t samples = 512;
  std::optional<std::byte> fill;
  const auto look = [&](std::uint64_t at, std::size_t size) -> Status {
    machine.watchdog.feed();
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, bytes - std::min(at, bytes)));
    const ssize_t got = pread_full(machine.sys, fd, std::span(buffer).first(size), at);
    if (got < static_cast<ssize_t>(size))
      return outcome(got < 0 ? static_cast<int>(got) : -EIO, "read the upper");
    for (std::size_t i = 0; i < size; ++i) {
      if (!fill && (buffer[i] == std::byte{0} || buffer[i] == std::byte{0xff})) fill = buffer[i];
      const unsigned long long place = at + i;
      if (buffer[i] != fill)
        return Error::of(Failure::not_usable, "the upper holds something at byte %llu", place);
    }
    return Done{};
  };
  Status blank = Done{};
  for (std::uint64_t at = 0; blank && at < end; at += buffer.size())
    blank = look(at, buffer.size());
  for (std::uint64_t i = 1; blank && i < samples; ++i)
    blank = look(bytes / samples * i & ~std::uint64_t{4095}, 4096);
  for (std::uint64_t at = bytes - std::min(bytes, end); blank && at < bytes; at += buffer.size())
    blank = look(at, buffer.size());
  return blank;
}

// In the child: comes back where there is no such program.
void become_mkfs(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  int result = *step.target == '\0' ? 0 : sys.chroot(step.target);
  if (result >= 0) result = sys.chdir("/");
  if (result >= 0) {
    sys.reset_process_state();
    const bool f2fs = std::string_view(step.source).ends_with("f2fs");
    const char* const force = f2fs ? "-f" : "-F";
    const char* const argv[] = {step.source, "-q", force, step.type, nullptr};
    for (const char* folder : {"/sbin", "/usr/sbin", "/bin", "/usr/bin"}) {
      Path program;
      program.append("%s/%s", folder, step.source);
      (void)sys.execve(program.c_str(), argv, machine.envp);  // the next may have it
    }
  }
}

}  // namespace

Status erase_flash(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  const Path node =
      make_character_node(machine, "upper-flash", makedev(mtd_major, 2 * minor(step.device)));
  const Open flash(sys, node.c_str(), O_RDWR);
  if (flash.fd() < 0) return Error::system(-flash.fd(), "open %s", node.c_str());
  mtd_info_t info{};
  const int known = sys.ioctl(flash.fd(), MEMGETINFO, &info);
  if (known < 0) return Error::system(-known, "MEMGETINFO of %s", step.source);
  if (info.erasesize == 0) return Error::system(EINVAL, "MEMGETINFO of %s", step.source);
  const auto mark = find_mark(machine, flash.fd(), info);
  if (!mark) return mark.error();
  const std::uint32_t blocks = info.size / info.erasesize;
  if (*mark == blocks)
    return Error::of(Failure::not_usable, "%s has no mark 0xdeadc0de", step.source);
  machine.log.say("erasing %u blocks of %u KiB of %s", blocks - *mark, info.erasesize / 1024,
                  step.source);
  // The block with the mark is the last, so that the next boot goes on should this one not.
  for (std::uint32_t block = blocks; block-- > *mark;) {
    machine.watchdog.feed();
    erase_info_t where{block * info.erasesize, info.erasesize};
    loff_t offset = where.start;
    if (sys.ioctl(flash.fd(), MEMGETBADBLOCK, &offset) > 0) continue;
    (void)sys.ioctl(flash.fd(), MEMUNLOCK, &where);  // not all flash can be locked
    const int erased = sys.ioctl(flash.fd(), MEMERASE, &where);
    if (erased < 0) return Error::system(-erased, "erase block %u of %s", block, step.source);
  }
  return Done{};
}

Status format_upper(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  const Path node = in_workspace(machine, "/dev/upper");
  const Status made = make_node(machine, node.c_str(), step.device);
  if (!made) return made;
  {
    const Open disk(sys, node.c_str(), O_RDONLY);
    if (disk.fd() < 0) return Error::system(-disk.fd(), "open %s", node.c_str());
    std::uint64_t bytes = 0;
    const int known = sys.ioctl(disk.fd(), BLKGETSIZE64, &bytes);
    if (known < 0) return Error::system(-known, "BLKGETSIZE64 of the upper");
    const Status blank = check_blank(machine, disk.fd(), bytes);
    if (!blank) return blank;
  }
  const pid_t child = sys.fork();
  if (child == 0) {
    become_mkfs(machine, step);
    sys.exit_now(127);
  }
  if (child < 0) return Error::system(-child, "fork for %s", step.source);
  const int status = wait_for(machine, child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return Done{};
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
    return Error::of(Failure::system, "the root has no %s that can be executed", step.source);
  return Error::of(Failure::system, "%s failed with status %d", step.source, status);
}

}  // namespace linuxrc
