// What the kernel command line and /etc/linuxrc.conf ask for.
#pragma once

#include <cstdint>

#include "common/cmdline.hpp"
#include "common/text.hpp"

namespace linuxrc {

// What PID 1 does when the boot cannot go on.
enum class OnStop {
  shell,   // on the console; without one it waits
  reboot,  // after panic_s seconds
  halt,
  wait,
};

// Texts point into the CommandLine they were read from and are nullptr when not given.
struct Options {
  const char* root = nullptr;         // root=: what the kernel would have mounted
  const char* real_root = nullptr;    // real_root=: what linuxrc mounts when root= is the RAM disk
  const char* root_types = nullptr;   // real_rootfstype=, else rootfstype=: comma-separated
  const char* root_flags = nullptr;   // real_rootflags=, else rootflags=: mount data
  const char* image_types = nullptr;  // rootfstype=: the kernel used it for the RAM disk too
  const char* image_flags = nullptr;  // rootflags=
  const char* init = nullptr;         // init=
  const char* real_init = nullptr;    // real_init=: init of the real root when init=/linuxrc
  const char* disk_map = nullptr;     // linuxrc.map=: other names for old disks, "hda:vda,hdc:sr0"
  bool read_write = false;            // the last of ro and rw; the kernel's default is ro
  bool no_initrd = false;             // noinitrd
  bool make_directories = false;      // linuxrc.mkdir
  std::uint32_t root_delay_s = 0;     // rootdelay=: seconds to wait before the root is looked for
  // rootwait=: how long the root may take to appear, in seconds.
  static constexpr std::uint32_t wait_forever = UINT32_MAX;
  std::uint32_t root_wait_s = 0;
  OnStop on_stop = OnStop::shell;  // linuxrc.onfail=, else reboot when panic= asks for it
  std::uint32_t panic_s = 0;       // panic=: seconds before the reboot; negative ones are 0
  int console_level = 7;           // the last of quiet, debug and loglevel=, as printk counts
  std::uint32_t watchdog_s = 0;    // linuxrc.watchdog: 0 is no watchdog
  static constexpr std::uint32_t watchdog_default_s = 60;
  std::uint64_t ramdisk_size_kib = 0;   // ramdisk_size=, 0 when not given
  std::uint64_t ramdisk_start_kib = 0;  // ramdisk_start=
};

// The command line wins over the configuration, word by word. Both must outlive the result.
inline const char* given_value(const common::CommandLine& command_line,
                               const common::CommandLine& configuration, std::string_view name) {
  const char* const first = command_line.value(name);
  return first != nullptr ? first : configuration.value(name);
}
Options read_options(const common::CommandLine& command_line,
                     const common::CommandLine& configuration);

// Of a chain of roots; what the small build does not read.
struct ChainOptions {
  common::Text<1024> chain;          // real_root=, else root=: "A,B,C"
  const char* count_file = nullptr;  // linuxrc.env=: DEVICE:/PATH of the boot counter
  std::uint64_t tries = 0;           // linuxrc.tries=: boots that a root gets; 0 is no end
};
ChainOptions read_chain_options(const common::CommandLine& command_line,
                                const common::CommandLine& configuration);

}  // namespace linuxrc
