// What stands for /dev/ram0 where the kernel has no RAM disk: a loop device over a file that has no
// name, on a tmpfs that is mounted nowhere, or zram.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include <array>
#include <cstring>

#include "linuxrc/device.hpp"
#include "linuxrc/loop.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Error;
using common::Result;
using common::Status;

namespace {

constexpr const char* folder = "/ram";
constexpr const char* file = "/ram/disk";
// The image's size is known, and tmpfs would allow half of the memory.
constexpr const char* no_limit = "size=0,mode=0700";
constexpr std::string_view variable = "LINUXRC_RAM0=";

// The file `file`, open and without a name. Its tmpfs lives as long as it.
Result<int> make_file(Machine& machine, std::uint64_t bytes) {
  Sys& sys = machine.sys;
  Status done = make_directory(sys, folder);
  if (!done) return done.error();
  done = outcome(sys.mount("linuxrc", folder, "tmpfs", MS_NOSUID | MS_NODEV, no_limit),
                 "mount tmpfs on %s", folder);
  if (!done) return done.error();
  const int fd = sys.open(file, O_RDWR | O_CREAT | O_EXCL, 0600);
  done = outcome(fd, "open %s", file);
  if (done) done = outcome(sys.ftruncate(fd, bytes), "ftruncate %s", file);
  if (fd >= 0) (void)sys.unlink(file);  // it is gone with its file system all the same
  const Status detached = outcome(sys.umount2(folder, MNT_DETACH), "umount %s", folder);
  machine.no_way_back = machine.no_way_back || !detached;
  if (done) done = detached;
  if (done) return fd;
  if (fd >= 0) (void)sys.close(fd);  // nothing was written
  return done.error();
}

Result<dev_t> make_loop(Machine& machine, const Step& step) {
  const auto memory = make_file(machine, step.number * 1024);
  if (!memory) return memory.error();
  auto device = attach_loop(machine, *memory, false, step.target, machine.ram_disk);
  (void)machine.sys.close(*memory);  // the loop device has it
  return device;
}

Status write_attribute(Sys& sys, const char* path, std::string_view value) {
  const int fd = sys.open(path, O_WRONLY, 0);
  if (fd < 0) return outcome(fd, "open %s", path);
  const Status done = outcome(write_full(sys, fd, value), "write %s", path);
  (void)sys.close(fd);  // an attribute of sysfs is set by the write itself
  return done;
}

// The first one is there as soon as the driver is. Nobody has used it yet but an image before this
// one, of linuxrc.ramroot=, from which it takes no other size.
Result<dev_t> make_zram(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  constexpr const char* number = "/sys/block/zram0/dev";
  common::Text<32> bytes;
  bytes.append("%llu", step.number * 1024ULL);
  Status done = common::Done{};
  if (machine.facts.zram_major != 0) done = write_attribute(sys, "/sys/block/zram0/reset", "1");
  if (done) done = write_attribute(sys, "/sys/block/zram0/disksize", bytes.view());
  if (!done) return done.error();
  char text[32];
  const auto length = read_text(sys, number, text);
  if (!length) return length.error();
  const auto device = parse_device_number({text, std::strcspn(text, "\n")});
  if (!device) return Error::of(common::Failure::system, "%s: not a device number", number);
  done = make_node(machine, step.target, *device);
  if (!done) return done.error();
  machine.facts.zram_major = major(*device);
  return *device;
}

}  // namespace

Status make_ram_disk(Machine& machine, const Step& step) {
  const bool loop = std::strcmp(step.type, "loop") == 0;
  const auto device = loop ? make_loop(machine, step) : make_zram(machine, step);
  if (!device) return device.error();
  machine.facts.ram_disk_device = *device;
  machine.log.say("%s: %s (%u:%u) stands for it%s",
                  machine.facts.ramroot.brd_kib != 0 ? "the RAM disk (brd) is too small"
                                                     : "this kernel has no RAM disk (brd)",
                  loop ? "a loop device over tmpfs" : "zram", major(*device), minor(*device),
                  loop ? "" : ", and mounts no file system with blocks of less than 4 KiB");
  return common::Done{};
}

void let_ram_disk_go(Machine& machine) {
  if (machine.ram_disk >= 0) (void)machine.sys.close(machine.ram_disk);  // was only read from
  machine.ram_disk = -1;
}

const char* const* environment_of_linuxrc(Machine& machine) {
  const dev_t device = machine.facts.ram_disk_device;
  if (device == ram0()) return machine.envp;
  static common::Text<40> own;
  static std::array<const char*, 256> all;
  own.clear();
  own.append("%.*s%u:%u", static_cast<int>(variable.size()), variable.data(), major(device),
             minor(device));
  std::size_t count = 0;
  all[count++] = own.c_str();
  for (const char* const* word = machine.envp; *word != nullptr && count + 1 < all.size(); ++word)
    all[count++] = *word;
  all[count] = nullptr;
  return all.data();
}

void read_environment(const char* const* envp, Facts& facts) {
  for (; *envp != nullptr; ++envp) {
    const std::string_view word = *envp;
    if (!word.starts_with(variable)) continue;
    const auto device = parse_device_number(word.substr(variable.size()));
    if (device) facts.ram_disk_device = *device;
  }
}

}  // namespace linuxrc
