// Facts as text: what --plan --facts and the golden plans read.
#include <algorithm>

#include "common/lines.hpp"
#include "common/sizes.hpp"
#include "linuxrc/device.hpp"
#include "linuxrc/facts.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

bool read_bool(std::string_view value, bool& into) {
  into = value == "yes";
  return into || value == "no";
}

bool read_device(std::string_view value, dev_t& into) {
  const auto device = parse_device_number(value);
  if (device) into = *device;
  return device.has_value();
}

bool read_number(std::string_view value, std::uint64_t& into) {
  const auto number = common::parse_decimal(value);
  if (number) into = *number;
  return number.has_value();
}

bool read_path(std::string_view value, Path& into) {
  into.clear();
  into.append("%.*s", static_cast<int>(value.size()), value.data());
  return !into.full();
}

bool read_outcome(std::string_view value, LinuxrcOutcome& into) {
  struct Row {
    std::string_view name;
    LinuxrcOutcome outcome;
  };
  constexpr Row rows[] = {{"returned", LinuxrcOutcome::returned},
                          {"stay", LinuxrcOutcome::stay},
                          {"pivoted", LinuxrcOutcome::pivoted}};
  const auto* const row = std::find_if(std::begin(rows), std::end(rows),
                                       [&](const Row& each) { return each.name == value; });
  if (row == std::end(rows)) return false;
  into = row->outcome;
  return true;
}

bool read_ram_disk(std::string_view value, RamDisk& into) {
  if (value == "loop") into = RamDisk::loop;
  if (value == "zram") into = RamDisk::zram;
  return value == "loop" || value == "zram" || value == "brd";
}

struct Row {
  std::string_view name;
  bool (*read)(std::string_view value, Facts& facts);
};

constexpr Row rows[] = {
    {"pid",
     [](std::string_view value, Facts& facts) {
       std::uint64_t pid = 0;
       const bool fine = read_number(value, pid) && pid <= 0x7fffffff;
       if (fine) facts.pid = static_cast<pid_t>(pid);
       return fine;
     }},
    {"root_device", [](std::string_view v, Facts& f) { return read_device(v, f.root_device); }},
    {"root_in_memory", [](std::string_view v, Facts& f) { return read_bool(v, f.root_in_memory); }},
    {"on_nullfs", [](std::string_view v, Facts& f) { return read_bool(v, f.on_nullfs); }},
    {"text_on_root", [](std::string_view v, Facts& f) { return read_bool(v, f.text_on_root); }},
    {"work", [](std::string_view v, Facts& f) { return read_path(v, f.work); }},
    {"kernel",
     [](std::string_view v, Facts& f) {
       f.kernel = parse_kernel_version(v);
       return f.kernel.major != 0;
     }},
    {"cmdline", [](std::string_view v, Facts& f) { return f.command_line.parse(v).ok(); }},
    {"conf", [](std::string_view v, Facts& f) { return f.configuration.parse(v).ok(); }},
    {"modules", [](std::string_view v, Facts& f) { return read_bool(v, f.has_modules); }},
    {"brd_is_module", [](std::string_view v, Facts& f) { return read_bool(v, f.brd_is_module); }},
    {"devtmpfs", [](std::string_view v, Facts& f) { return read_bool(v, f.has_devtmpfs); }},
    {"real_root_dev",
     [](std::string_view v, Facts& f) { return read_bool(v, f.has_real_root_dev); }},
    {"dev_mounted", [](std::string_view v, Facts& f) { return read_bool(v, f.dev_mounted); }},
    {"sys_mounted", [](std::string_view v, Facts& f) { return read_bool(v, f.sys_mounted); }},
    {"proc_mounted", [](std::string_view v, Facts& f) { return read_bool(v, f.proc_mounted); }},
    {"run_mounted", [](std::string_view v, Facts& f) { return read_bool(v, f.run_mounted); }},
    {"initrd_image", [](std::string_view v, Facts& f) { return read_path(v, f.initrd_image); }},
    {"image_kib", [](std::string_view v, Facts& f) { return read_number(v, f.image_kib); }},
    {"count.root",
     [](std::string_view v, Facts& f) {
       f.count.known = true;
       return read_path(v, f.count.root);
     }},
    {"count.tries", [](std::string_view v, Facts& f) { return read_number(v, f.count.tries); }},
    {"count.reason", [](std::string_view v, Facts& f) { return read_path(v, f.count.reason); }},
    {"next_root",
     [](std::string_view v, Facts& f) {
       std::uint64_t number = 0;
       const bool fine = read_number(v, number) && number < 100;
       f.next_root = static_cast<unsigned>(number);
       return fine;
     }},
    {"given_up", [](std::string_view v, Facts& f) { return read_path(v, f.given_up); }},
    {"image_sum", [](std::string_view v, Facts& f) { return read_bool(v, f.has_image_sum); }},
    {"ram_disk", [](std::string_view v, Facts& f) { return read_ram_disk(v, f.ram_disk); }},
    {"ram_disk_device",
     [](std::string_view v, Facts& f) { return read_device(v, f.ram_disk_device); }},
    {"zram_major",
     [](std::string_view v, Facts& f) {
       std::uint64_t number = 0;
       const bool fine = read_number(v, number) && number <= 0xfff;
       if (fine) f.zram_major = static_cast<unsigned>(number);
       return fine;
     }},
    {"linuxrc", [](std::string_view v, Facts& f) { return read_outcome(v, f.linuxrc); }},
    {"asked_root",
     [](std::string_view v, Facts& f) {
       f.asked_root = parse_device_number(v);
       return f.asked_root.has_value();
     }},
    {"new_root.initrd",
     [](std::string_view v, Facts& f) { return read_bool(v, f.new_root.has_initrd); }},
    {"new_root.dev", [](std::string_view v, Facts& f) { return read_bool(v, f.new_root.has_dev); }},
    {"new_root.proc",
     [](std::string_view v, Facts& f) { return read_bool(v, f.new_root.has_proc); }},
    {"new_root.sys", [](std::string_view v, Facts& f) { return read_bool(v, f.new_root.has_sys); }},
    {"new_root.run", [](std::string_view v, Facts& f) { return read_bool(v, f.new_root.has_run); }},
    {"new_root.put_old",
     [](std::string_view v, Facts& f) { return read_path(v, f.new_root.put_old); }},
    {"network.device", [](std::string_view v, Facts& f) { return read_path(v, f.network.device); }},
    {"network.program",
     [](std::string_view v, Facts& f) { return read_path(v, f.network.program); }},
    {"network.server", [](std::string_view v, Facts& f) { return read_path(v, f.network.server); }},
    {"network.client", [](std::string_view v, Facts& f) { return read_path(v, f.network.client); }},
    {"network.path", [](std::string_view v, Facts& f) { return read_path(v, f.network.path); }},
};

Status read_line(std::string_view line, Facts& facts) {
  const auto equals = line.find('=');
  const std::string_view name = line.substr(0, equals);
  for (const Row& row : rows) {
    if (row.name != name) continue;
    if (equals != std::string_view::npos && row.read(line.substr(equals + 1), facts)) return Done{};
    return Error::of(Failure::usage, "bad value: %.*s", static_cast<int>(line.size()), line.data());
  }
  if (equals != std::string_view::npos &&
      (read_overlay_fact(name, line.substr(equals + 1), facts.overlay) ||
       read_ramroot_fact(name, line.substr(equals + 1), facts.ramroot)))
    return Done{};
  return Error::of(Failure::usage, "unknown fact: %.*s", static_cast<int>(line.size()),
                   line.data());
}

}  // namespace

Status read_facts(std::string_view text, Facts& facts) {
  while (const auto line = common::next_line(text)) {
    if (line->empty() || line->front() == '#') continue;
    const Status read = read_line(*line, facts);
    if (!read) return read;
  }
  return Done{};
}

}  // namespace linuxrc
