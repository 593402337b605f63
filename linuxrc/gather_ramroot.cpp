// What is known of an image to run in RAM before it is loaded.
#include <fcntl.h>
#include <linux/fs.h>

#include <algorithm>
#include <cerrno>

#include "common/lines.hpp"
#include "common/sizes.hpp"
#include "linuxrc/device.hpp"
#include "linuxrc/gather.hpp"
#include "linuxrc/ramroot.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

using common::Status;

// The number of a line "NAME:   12345 kB", or 0.
std::uint64_t field_kib(std::string_view meminfo, std::string_view name) {
  while (const auto line = common::next_line(meminfo)) {
    if (!line->starts_with(name)) continue;
    std::string_view number = line->substr(name.size());
    number.remove_prefix(std::min(number.find_first_not_of(' '), number.size()));
    return common::parse_decimal(number.substr(0, number.find(' '))).value_or(0);
  }
  return 0;
}

// What programs can have without swapping: MemAvailable since Linux 3.14; before that what is free,
// and what the page cache would give back.
std::uint64_t available_kib(Machine& machine) {
  static char text[8192];
  Path path;
  path.append("%s/proc/meminfo", machine.facts.work.c_str());
  const auto length = read_text(machine.sys, path.c_str(), text);
  if (!length) {
    machine.log.warn("%s: the memory is not compared with the image, going on",
                     length.error().text());
    return 0;
  }
  const std::string_view meminfo{text, *length};
  if (const std::uint64_t kib = field_kib(meminfo, "MemAvailable:"); kib != 0) return kib;
  return field_kib(meminfo, "MemFree:") + field_kib(meminfo, "Buffers:") +
         field_kib(meminfo, "Cached:");
}

// 0 where there is no RAM disk driver.
std::uint64_t brd_kib(Machine& machine) {
  if (machine.facts.ram_disk != RamDisk::brd) return 0;
  Sys& sys = machine.sys;
  Path node;
  node.append("%s/dev/brd", machine.facts.work.c_str());
  if (!make_node(machine, node.c_str(), ram0())) return 0;  // the plan makes it, and says why not
  const int fd = sys.open(node.c_str(), O_RDONLY, 0);
  if (fd < 0) return 0;
  std::uint64_t bytes = 0;
  const int result = sys.ioctl(fd, BLKGETSIZE64, &bytes);
  (void)sys.close(fd);  // read only
  return result < 0 ? 0 : bytes / 1024;
}

// One that cannot be looked at is there: an image must not pass unchecked.
bool has_sum(Machine& machine, const char* path) {
  Path beside;
  beside.append("%s.sha256", path);
  FileFacts found;
  const int result = machine.sys.stat(beside.c_str(), found);
  if (result < 0 && result != -ENOENT)
    machine.log.warn("%s", outcome(result, "stat %s", beside.c_str()).error().text());
  return result != -ENOENT;
}

Status read_beginning(Machine& machine, const char* path, bool& compressed) {
  Sys& sys = machine.sys;
  const int fd = sys.open(path, O_RDONLY, 0);
  if (fd < 0) return outcome(fd, "open the image %s", path);
  char head[4];
  const ssize_t length = read_full(sys, fd, head);
  (void)sys.close(fd);  // read only
  if (length < 0) return outcome(static_cast<int>(length), "read the image %s", path);
  compressed = is_compressed({head, static_cast<std::size_t>(length)});
  return common::Done{};
}

// Since the memory was looked at before an image was written onto a RAM disk, which keeps it.
std::uint64_t taken_kib(Machine& machine) {
  const RamrootFacts& before = machine.facts.ramroot;
  const std::uint64_t now = available_kib(machine);
  return before.written && now != 0 && now < before.available_kib ? before.available_kib - now : 0;
}

}  // namespace

Status gather_ramroot(Machine& machine) {
  Facts& facts = machine.facts;
  RamrootFacts& found = facts.ramroot;
  Plan texts;
  const char* const path = image_path(facts, texts);
  const Status seen = read_beginning(machine, path, found.compressed);
  if (!seen) return seen;
  // Nothing lies beside a whole device.
  found.sum_beside = std::string_view(path) != image_node && has_sum(machine, path);
  const std::uint64_t reused_kib = std::min(taken_kib(machine), found.image_kib);
  const Status measured = measure_archive(machine, path, found.archive, found.image_kib);
  if (!measured) return measured;
  if (!found.archive) found.image_kib = machine.loader.size_kib(path, 0);
  found.available_kib = available_kib(machine);
  if (found.available_kib != 0 && !found.archive) found.available_kib += reused_kib;
  found.brd_kib = brd_kib(machine);
  found.has_loop = has_loop_devices(machine.log, facts);
  return seen;
}

}  // namespace linuxrc
