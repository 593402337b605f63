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

void Log::open_kernel_log(const char* path) {
  const int fd = sys_.open(path, O_WRONLY, 0);
  if (fd >= 0) kernel_log_ = fd;
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
  if (kernel_log_ >= 0) (void)sys_.write(kernel_log_, text.c_str(), text.size());
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
