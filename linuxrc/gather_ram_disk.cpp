// What can be /dev/ram0 on this kernel.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "common/lines.hpp"
#include "common/sizes.hpp"
#include "linuxrc/device.hpp"
#include "linuxrc/execute.hpp"
#include "linuxrc/gather.hpp"
#include "linuxrc/ramroot.hpp"

namespace linuxrc {
namespace {

constexpr const char* module_list = "/lib/linuxrc/modules.list";
constexpr unsigned loop_major = 7;

// The major number of the block driver `name` in the text of /proc/devices, or 0.
unsigned block_major(std::string_view devices, std::string_view name) {
  const auto begin = devices.find("Block devices:");
  if (begin == std::string_view::npos) return 0;
  devices.remove_prefix(begin);
  while (const auto line = common::next_line(devices)) {
    const auto digits = line->find_first_not_of(' ');
    if (digits == std::string_view::npos) continue;
    const std::string_view entry = line->substr(digits);
    const auto blank = entry.find(' ');
    if (blank == std::string_view::npos || entry.substr(blank + 1) != name) continue;
    return static_cast<unsigned>(common::parse_decimal(entry.substr(0, blank)).value_or(0));
  }
  return 0;
}

// True when "NAME.ko", however it is packed, is in the list of modules that will be loaded.
bool will_be_loaded(std::string_view list, std::string_view name) {
  while (const auto line = common::next_line(list))
    if (line->starts_with(name) && line->substr(name.size()).starts_with(".ko")) return true;
  return false;
}

struct Driver {
  RamDisk kind;
  std::string_view block_name;  // in /proc/devices
  std::string_view module;
};
// The best first: /dev/ram0 itself; then the one whose memory comes back by unmounting it.
constexpr Driver drivers[] = {{RamDisk::brd, "ramdisk", "brd"},
                              {RamDisk::loop, "loop", "loop"},
                              {RamDisk::zram, "zram", "zram"}};

// True when the answer can change anything. The kernel goes through a thousand numbers for each
// reading of /proc/devices, which is as much work as to mount the root.
bool asks_for_drivers(const Facts& facts) {
  if (role_of(facts) != Role::initramfs_init)  // is / on zram?
    return !is_ram_disk(facts.root_device) && major(facts.root_device) != loop_major;
  return !facts.initrd_image.empty() || root_is_image(facts) || loads_floppy(facts) ||
         wants_ramroot(facts);
}

// The text of /proc/devices, or nothing.
std::string_view read_devices(Log& log, const Facts& facts) {
  static char devices[8192];
  Path path;
  path.append("%s/proc/devices", facts.work.c_str());
  const auto length = read_text(log.sys(), path.c_str(), devices);
  if (!length) log.warn("%s, ignoring", length.error().text());
  return {devices, length ? *length : 0};
}

}  // namespace

bool has_loop_devices(Log& log, const Facts& facts) {
  return block_major(read_devices(log, facts), "loop") != 0;
}

void gather_ram_disk(Log& log, Facts& facts) {
  static char modules[16384];
  if (!asks_for_drivers(facts)) return;
  const std::string_view there = read_devices(log, facts);
  facts.zram_major = block_major(there, "zram");
  if (role_of(facts) != Role::initramfs_init) return;

  constexpr const char* image_sum = "/initrd.image.sha256";
  FileFacts sum;
  const int found = log.sys().stat(image_sum, sum);
  // One that cannot be looked at is there: an image must not pass unchecked.
  facts.has_image_sum = found >= 0 ? S_ISREG(sum.mode) : found != -ENOENT;
  if (found < 0 && facts.has_image_sum)
    log.warn("%s", outcome(found, "stat %s", image_sum).error().text());
  const auto modules_length = facts.has_modules ? read_text(log.sys(), module_list, modules)
                                                : common::Result<std::size_t>(0);
  if (!modules_length) log.warn("%s, ignoring", modules_length.error().text());
  const std::string_view list{modules, modules_length ? *modules_length : 0};
  for (const Driver& driver : drivers) {
    if (block_major(there, driver.block_name) == 0 && !will_be_loaded(list, driver.module))
      continue;
    facts.ram_disk = driver.kind;
    return;
  }
}

}  // namespace linuxrc
