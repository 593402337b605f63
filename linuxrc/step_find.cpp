// Which device the root is, and waiting for it.
#include <fcntl.h>
#include <sys/sysmacros.h>

#include <cstring>

#include "common/lines.hpp"
#include "linuxrc/device.hpp"
#include "linuxrc/device_events.hpp"
#include "linuxrc/find_device.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

namespace {

// A disk may be listed before it can be read, so it is looked at again now and then.
constexpr std::uint64_t rescan_ms = 1000;

struct Partitions {
  char text[partitions_bytes];
  std::string_view view;

  // True when it is not what it was.
  bool read_changed(Machine& machine) {
    const std::uint64_t before = sum();
    view = read_partitions(machine, text);
    return sum() != before;
  }

 private:
  [[nodiscard]] std::uint64_t sum() const {  // FNV-1a
    std::uint64_t sum = 0xcbf29ce484222325;
    for (const char c : view) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return sum;
  }
};

// The devices there are, when the one that was waited for is not.
void say_devices(Log& log, std::string_view partitions) {
  log.fail("the block devices that exist (/proc/partitions):");
  const auto head = partitions.find("\n\n");
  if (head != std::string_view::npos) partitions.remove_prefix(head + 2);
  if (partitions.empty()) log.fail("  none");
  while (const auto line = common::next_line(partitions))
    log.fail("  %.*s", static_cast<int>(line->size()), line->data());
}

}  // namespace

Status find_root(Machine& machine, const Step& step) {
  Sys& sys = machine.sys;
  machine.root.reset();
  common::Text<32> number;
  if (step.device != 0) number.append("%u:%u", major(step.device), minor(step.device));
  const char* const name = step.device != 0 ? number.c_str() : step.source;
  if (*name == '\0') return Error::of(Failure::usage, "find root: no root= or real_root=");
  const RootName root_name = parse_root_name(name);
  if (root_name.form == RootName::Form::unknown)
    return Error::of(Failure::usage,
                     "find root %s: not the name, number, UUID, label or flash of a device", name);

  static Partitions partitions;
  const std::uint64_t start = sys.now_ms();
  std::uint64_t scanned = 0;
  bool said = false;
  Found found;
  DeviceEvents events(machine);
  for (;;) {
    const std::uint64_t now = sys.now_ms();
    const std::uint64_t waited_ms = now - start;
    if (partitions.read_changed(machine) || waited_ms == 0 || now - scanned >= rescan_ms) {
      scanned = now;
      found = find_device(machine, root_name, partitions.view);
    }
    const bool time_is_up = step.number != Options::wait_forever && waited_ms >= step.number * 1000;
    // A number is tried at last even where /proc/partitions does not list it, as the kernel does.
    if (found.device && (found.present || time_is_up)) {
      machine.root = found.device;
      return Done{};
    }
    if (time_is_up) {
      if (step.on_failure == OnFailure::stop) say_devices(machine.log, partitions.view);
      return Error::of(Failure::system, "find root %s: no such device after %llu s", name,
                       static_cast<unsigned long long>(waited_ms / 1000));
    }
    if (!said && waited_ms >= 500) {
      said = true;
      if (step.number == Options::wait_forever)
        machine.log.say("waiting for root device %s", name);
      else
        machine.log.say("waiting for root device %s, at most %llu s", name,
                        static_cast<unsigned long long>(step.number));
    }
    events.rest();
  }
}

Status write_real_root(Machine& machine, const Step& step) {
  if (!machine.root) return Done{};  // not found, which was said
  common::Text<16> text;
  text.append("%u\n", encode_device(*machine.root));
  const int fd = machine.sys.open(step.source, O_WRONLY | O_TRUNC, 0);
  if (fd < 0) return Error::system(-fd, "open %s", step.source);
  const int written = write_full(machine.sys, fd, text.view());
  (void)machine.sys.close(fd);  // a sysctl is set by the write itself
  if (written < 0) return Error::system(-written, "write %s", step.source);
  if (role_of(machine.facts) == Role::kernel_linuxrc)
    machine.log.say("the real root is %u:%u", major(*machine.root), minor(*machine.root));
  return Done{};
}

}  // namespace linuxrc
