// Giving memory back: of a RAM disk, and of the initramfs.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "common/sizes.hpp"
#include "linuxrc/descent.hpp"
#include "linuxrc/report.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

namespace {

// The number behind the next `label` of `text`, which then goes on behind that label.
std::optional<std::uint64_t> number_after(std::string_view label, std::string_view& text) {
  const auto at = text.find(label);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + label.size());
  std::string_view number = text.substr(std::min(text.find_first_not_of(' '), text.size()));
  return common::parse_decimal(number.substr(0, number.find_first_of(" \n")));
}

// Fills `buffer` from the start of an open file of /proc. It is current however long it has been
// open, and whatever became of the mount that it was opened on.
std::string_view read_again(Sys& sys, int fd, std::span<char> buffer) {
  if (fd < 0 || sys.rewind(fd) < 0) return {};
  const ssize_t length = read_full(sys, fd, buffer);
  return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
}

// Free memory in KiB, or 0 when it cannot be read: not MemAvailable, which kernels before 3.14 lack
// and which counts page cache that goes with the old root, but MemFree, and the free pages that
// each processor keeps in lists of its own ("count:" in /proc/zoneinfo), where the pages of a small
// RAM disk go.
std::uint64_t free_memory_kib(Machine& machine) {
  static char text[65536];
  std::string_view meminfo = read_again(machine.sys, machine.meminfo, text);
  const std::uint64_t free_kib = number_after("MemFree:", meminfo).value_or(0);
  std::string_view zones = read_again(machine.sys, machine.zoneinfo, text);
  std::uint64_t pages = 0;
  while (const auto count = number_after(" count:", zones)) pages += *count;
  return free_kib + pages * (machine.sys.page_size() / 1024);
}

// What was freed is seen late: since 6.15 brd frees after an RCU grace period, a few pages at a
// time. Waits until the figure has grown and stands still, at most a quarter of a second.
std::uint64_t settled_growth_kib(Machine& machine, std::uint64_t before) {
  std::uint64_t last = 0;
  for (int turn = 0; turn < 12; ++turn) {
    const std::uint64_t now = free_memory_kib(machine);
    const std::uint64_t growth = now > before ? now - before : 0;
    if (growth > 0 && growth == last) return growth;
    last = growth;
    machine.sys.sleep_ms(20);
  }
  return last;
}

Status discard(Sys& sys, int fd, const char* node) {
  std::uint64_t bytes = 0;
  if (const int result = sys.ioctl(fd, BLKGETSIZE64, &bytes); result < 0)
    return Error::system(-result, "BLKGETSIZE64 %s", node);
  std::uint64_t range[2] = {0, bytes};
  return outcome(sys.ioctl(fd, BLKDISCARD, range), "BLKDISCARD %s", node);
}

Status with_device(Machine& machine, const char* node, bool discards) {
  Sys& sys = machine.sys;
  const int fd = sys.open(node, O_RDWR, 0);
  if (fd < 0) return Error::system(-fd, "open %s", node);
  const Status done = discards ? discard(sys, fd, node)
                               : outcome(sys.ioctl(fd, BLKFLSBUF, nullptr), "BLKFLSBUF %s", node);
  const int closed = sys.close(fd);
  return done ? outcome(closed, "close %s", node) : done;
}

Status free_by(Machine& machine, Freeing how, const char* node) {
  switch (how) {
    case Freeing::nothing:
    case Freeing::unmount:
      return Done{};
    case Freeing::flush:
      return with_device(machine, node, false);
    case Freeing::discard:
      return with_device(machine, node, true);
    case Freeing::unload:
      return outcome(machine.sys.delete_module("brd"), "unload brd");
    case Freeing::impossible:
      break;
  }
  return Error::of(Failure::system, "%s", describe(Freeing::impossible));
}

// Removes what is in the current directory and below, on the file system `device` alone. What
// cannot be removed stays; it costs memory, not the boot.
struct Deletion {
  Descent descent;
  dev_t device;
  int failure = 0;  // -errno of one that stays

  static bool entry(void* context, const char* name) {
    auto* const self = static_cast<Deletion*>(context);
    if (const int result = self->remove(name); result < 0) self->failure = result;
    return !self->descent.lost;
  }

  int remove(const char* name) {
    Sys& sys = descent.sys;
    FileFacts facts;
    int result = sys.lstat(name, facts);
    if (result < 0 || facts.device != device) return result;
    if (!S_ISDIR(facts.mode)) return sys.unlink(name);
    const auto all = [&] { result = sys.list(".", entry, this); };
    const auto stays = [&](int failed, const char*) { result = failed; };
    if (descent.enter(name, all, stays) && !descent.lost) (void)sys.rmdir(name);
    return result;
  }
};

}  // namespace

void measure_memory(Machine& machine) {
  machine.free_kib = free_memory_kib(machine);
}

Status free_ram_disk(Machine& machine, const Step& step) {
  if (machine.old_root_busy) {
    machine.log.warn("Trying to free ramdisk memory ... failed: the RAM disk is still in use");
    degrade(machine, "the RAM disk is still in use: its memory stays taken");
    return Done{};
  }
  const auto how = static_cast<Freeing>(step.number);
  const std::uint64_t before =
      how == Freeing::unmount ? machine.free_kib : free_memory_kib(machine);
  const Status done = free_by(machine, how, step.target);
  if (!done) {
    machine.log.warn("Trying to free ramdisk memory ... failed: its memory stays taken: %s",
                     done.error().text());
    degrade(machine, done.error().text());
    return Done{};
  }
  machine.log.say("Trying to free ramdisk memory ... okay: %s, free memory grew by %llu KiB",
                  describe(how),
                  static_cast<unsigned long long>(settled_growth_kib(machine, before)));
  return Done{};
}

Status delete_initramfs(Machine& machine, const Step&) {
  Sys& sys = machine.sys;
  if (machine.old_root < 0) return Done{};  // it could not be kept open, which was said
  FileFacts new_root;
  FileFacts old_root;
  std::uint64_t magic = 0;
  Status done = outcome(sys.stat("/", new_root), "stat /");
  if (done) done = outcome(sys.fchdir(machine.old_root), "fchdir to the initramfs");
  if (done) done = outcome(sys.stat(".", old_root), "stat the initramfs");
  if (done) done = outcome(sys.statfs_type(".", magic), "statfs the initramfs");
  if (done && (old_root.device == new_root.device || !is_memory(magic)))
    done = Error::of(Failure::system, "delete the initramfs: it is not ramfs or tmpfs of its own");
  if (done) {
    Deletion deletion{{sys, 64}, old_root.device};
    const int listed = sys.list(".", Deletion::entry, &deletion);
    done = outcome(listed < 0 ? listed : deletion.failure, "delete all of the initramfs");
  }
  (void)sys.close(machine.old_root);  // a directory
  machine.old_root = -1;
  return done;
}

}  // namespace linuxrc
