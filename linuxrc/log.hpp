// What linuxrc says, and where: on the console, and in the kernel's log.
#pragma once

#include <array>
#include <cstddef>

#include "common/error.hpp"
#include "linuxrc/sys.hpp"

namespace linuxrc {

// The levels of printk that are used here (linux/kern_levels.h).
enum class Level { critical = 2, error = 3, warning = 4, notice = 5 };

// One for the whole run. A line goes to the console while its level is below the console's, as
// printk has it; what is critical always does. Where the kernel's log is open it has every line,
// so that dmesg tells of the boot, and where there is no console it is the kernel that shows it.
class Log {
 public:
  // `sys` must outlive the log. Lines go to descriptor 2.
  explicit Log(Sys& sys) : sys_(sys) {}

  // "linuxrc: ...", one line.
  [[gnu::format(printf, 2, 3)]] void say(const char* format, ...);
  // Something went wrong and the boot goes on: "..., going on" says the caller.
  [[gnu::format(printf, 2, 3)]] void warn(const char* format, ...);
  // The work at hand failed.
  [[gnu::format(printf, 2, 3)]] void fail(const char* format, ...);
  // The boot cannot go on.
  [[gnu::format(printf, 2, 3)]] void alarm(const char* format, ...);

  // What `quiet` and `loglevel=` ask for. Unset, the console shows all that is said here.
  void set_console_level(int level) { console_level_ = level; }
  // False while descriptor 2 is no console: lines then go to the kernel's log alone.
  void set_console(bool works) { has_console_ = works; }
  [[nodiscard]] bool has_console() const { return has_console_; }
  // Opens the node `path` of /dev/kmsg (character device 1:11). Without one, as before Linux 2.6,
  // there is the console alone. It is opened several times, since the kernel takes few lines from
  // each who has it open.
  void open_kernel_log(const char* path);

  [[nodiscard]] Sys& sys() { return sys_; }

 private:
  void line(Level level, const char* format, std::va_list arguments);

  Sys& sys_;
  int console_level_ = 7;
  bool has_console_ = true;
  std::array<int, 6> kernel_logs_{};  // the first open_logs_ of them; they take turns
  std::size_t open_logs_ = 0;
  std::size_t next_log_ = 0;
};

}  // namespace linuxrc
