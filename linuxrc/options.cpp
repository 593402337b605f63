#include "linuxrc/options.hpp"

#include "common/sizes.hpp"

namespace linuxrc {
namespace {

using common::CommandLine;

// Without rootwait the kernel waits until the probes that are under way have ended. User space
// cannot see that end, so a root that is not there yet gets this long.
constexpr std::uint32_t default_root_wait_s = 5;

// As often as boot loaders that count.
constexpr std::uint64_t default_tries = 3;

struct Both {
  const CommandLine& command_line;
  const CommandLine& configuration;

  [[nodiscard]] const char* value(std::string_view name) const {
    return given_value(command_line, configuration, name);
  }
  [[nodiscard]] bool has(std::string_view name) const {
    return command_line.has(name) || configuration.has(name);
  }
  [[nodiscard]] std::uint64_t number(std::string_view name, std::uint64_t otherwise) const {
    const char* const text = value(name);
    if (text == nullptr) return otherwise;
    return common::parse_c_number(text).value_or(otherwise);
  }
};

std::uint32_t clamp(std::uint64_t seconds) {
  return seconds < Options::wait_forever ? static_cast<std::uint32_t>(seconds)
                                         : Options::wait_forever;
}

// Of the last word of that name, which may stand without a number; the command line's first.
std::uint32_t last_seconds(const Both& both, std::string_view name, std::uint32_t bare,
                           std::uint32_t otherwise) {
  const common::Word* last = nullptr;
  for (const CommandLine* const line : {&both.configuration, &both.command_line})
    for (const common::Word& word : line->words())
      if (word.is(name)) last = &word;
  if (last == nullptr) return otherwise;
  if (last->value == nullptr) return bare;
  return clamp(common::parse_c_number(last->value).value_or(otherwise));
}

// 1 for rw, 0 for ro, -1 when neither word is there.
int last_mode(const CommandLine& line) {
  int mode = -1;
  for (const common::Word& word : line.words()) {
    if (word.value != nullptr) continue;
    if (word.is("ro")) mode = 0;
    if (word.is("rw")) mode = 1;
  }
  return mode;
}

// The last of quiet, debug and loglevel=; 0 when none is there.
int last_console_level(const CommandLine& line) {
  int level = 0;
  for (const common::Word& word : line.words()) {
    if (word.value == nullptr && word.is("quiet")) level = 4;
    if (word.value == nullptr && word.is("debug")) level = 10;
    if (word.value == nullptr || !word.is("loglevel")) continue;
    const auto number = common::parse_c_number(word.value);
    if (number && *number > 0 && *number <= 15) level = static_cast<int>(*number);
  }
  return level;
}

struct OnStopName {
  std::string_view name;
  OnStop value;
};
constexpr OnStopName on_stop_names[] = {{"shell", OnStop::shell},
                                        {"reboot", OnStop::reboot},
                                        {"halt", OnStop::halt},
                                        {"wait", OnStop::wait}};

// The kernel waits panic= seconds after a panic and reboots; for ever when it is 0; not at all
// when it is negative.
void read_on_stop(const Both& both, Options& options) {
  constexpr std::uint32_t pause_s = 10;  // so that somebody can read why
  const char* const panic = both.value("panic");
  const bool at_once = panic != nullptr && *panic == '-';
  options.panic_s = at_once ? 0 : clamp(both.number("panic", 0));
  if (at_once || options.panic_s != 0) options.on_stop = OnStop::reboot;
  const char* const asked = both.value("linuxrc.onfail");
  if (asked == nullptr) return;
  for (const OnStopName& row : on_stop_names)
    if (row.name == asked) options.on_stop = row.value;
  if (options.on_stop == OnStop::reboot && panic == nullptr) options.panic_s = pause_s;
}

const char* either(const char* first, const char* second) {
  return first != nullptr ? first : second;
}

}  // namespace

Options read_options(const CommandLine& command_line, const CommandLine& configuration) {
  const Both both{command_line, configuration};
  Options options;
  options.root = both.value("root");
  options.real_root = both.value("real_root");
  options.image_types = both.value("rootfstype");
  options.image_flags = both.value("rootflags");
  options.root_types = either(both.value("real_rootfstype"), options.image_types);
  options.root_flags = either(both.value("real_rootflags"), options.image_flags);
  options.init = both.value("init");
  options.real_init = both.value("real_init");
  options.disk_map = both.value("linuxrc.map");
  const int asked = last_mode(command_line);
  options.read_write = (asked >= 0 ? asked : last_mode(configuration)) == 1;
  options.no_initrd = both.has("noinitrd");
  options.make_directories = both.has("linuxrc.mkdir");
  options.root_delay_s = clamp(both.number("rootdelay", 0));
  options.root_wait_s = last_seconds(both, "rootwait", Options::wait_forever, default_root_wait_s);
  read_on_stop(both, options);
  const int level = last_console_level(command_line);
  const int configured = level != 0 ? level : last_console_level(configuration);
  if (configured != 0) options.console_level = configured;
  options.watchdog_s = last_seconds(both, "linuxrc.watchdog", Options::watchdog_default_s, 0);
  options.ramdisk_size_kib = both.number("ramdisk_size", 0);
  options.ramdisk_start_kib = both.number("ramdisk_start", 0);
  return options;
}

ChainOptions read_chain_options(const CommandLine& command_line, const CommandLine& configuration) {
  const Both both{command_line, configuration};
  ChainOptions options;
  const char* const chain = either(both.value("real_root"), both.value("root"));
  if (chain != nullptr) options.chain.append("%s", chain);
  options.count_file = both.value("linuxrc.env");
  options.tries = both.number("linuxrc.tries", default_tries);
  return options;
}

}  // namespace linuxrc
