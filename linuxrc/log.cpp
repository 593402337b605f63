#include "linuxrc/log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstdarg>

#include "linuxrc/sys_io.hpp"

namespace linuxrc {
namespace {

// Stored by the kernel, not shown: it is on the console already.
constexpr int debug = 7;

// Each open file may have ten lines in 5 s (devkmsg_open() of kernel/printk/printk.c), unless
// printk.devkmsg=on; what comes then is dropped. Half of them are left for when / is another.
constexpr unsigned lines_of_one = 5;

}  // namespace

void Log::open_kernel_log(const char* path) {
  const int fd = sys_.open(path, O_WRONLY, 0);
  if (fd < 0) return;
  kernel_log_path_.clear();
  kernel_log_path_.append("%s", path);
  if (kernel_log_ >= 0) (void)sys_.close(kernel_log_);  // every line was a write of its own
  kernel_log_ = fd;
  lines_since_open_ = 0;
}

void Log::renew_kernel_log() {
  const common::Text<64> path = kernel_log_path_;
  FileFacts facts;
  const bool there = sys_.stat(path.c_str(), facts) >= 0 && S_ISCHR(facts.mode) &&
                     facts.node_device == makedev(1, 11);
  if (there) open_kernel_log(path.c_str());
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
  if (kernel_log_ >= 0) {
    if (lines_since_open_++ == lines_of_one) renew_kernel_log();
    (void)sys_.write(kernel_log_, text.c_str(), text.size());
  }
  if (!has_console_ && kernel_log_ >= 0) return;
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
