#include "linuxrc/log.hpp"

#include <fcntl.h>

#include <cstdarg>

#include "common/text.hpp"
#include "linuxrc/sys_io.hpp"

namespace linuxrc {
namespace {

// Stored by the kernel, not shown: it is on the console already.
constexpr int debug = 7;

}  // namespace

// Each open file may have ten lines in 5 s (devkmsg_open() of kernel/printk/printk.c), unless
// printk.devkmsg=on; what comes then is dropped. Paths are of no use later, when / is another.
void Log::open_kernel_log(const char* path) {
  while (open_logs_ < kernel_logs_.size()) {
    const int fd = sys_.open(path, O_WRONLY, 0);
    if (fd < 0) return;
    kernel_logs_[open_logs_++] = fd;
  }
}

void Log::line(Level level, const char* format, std::va_list arguments) {
  const int number = static_cast<int>(level);
  common::Text<800> text;
  text.append("<%d>", has_console_ ? debug : number);
  const std::size_t prefix = text.size();
  text.append("linuxrc: ");
  text.append_list(format, arguments);
  text.append("\n");
  // Of a console or a log that fails there is nobody left to tell.
  if (open_logs_ > 0)
    (void)sys_.write(kernel_logs_[next_log_++ % open_logs_], text.c_str(), text.size());
  if (!has_console_ && open_logs_ > 0) return;
  if (number < console_level_ || level == Level::critical)
    (void)write_full(sys_, 2, {text.c_str() + prefix, text.size() - prefix});
}

// Arguments of a variable number cannot be handed on as such, so each level needs this once.
// clang-format off
#define TELLS(function, level)                  \
  void Log::function(const char* format, ...) { \
    std::va_list arguments;                     \
    va_start(arguments, format);                \
    line(level, format, arguments);             \
    va_end(arguments);                          \
  }
// clang-format on

TELLS(say, Level::notice)
TELLS(warn, Level::warning)
TELLS(fail, Level::error)
TELLS(alarm, Level::critical)
#undef TELLS

}  // namespace linuxrc
