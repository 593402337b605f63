#include <unistd.h>

#include <string_view>

#include "linuxrc/boot.hpp"
#include "linuxrc/plan_command.hpp"
#include "linuxrc/sys_linux.hpp"

int main(int argc, char** argv) {
  linuxrc::Log log(linuxrc::linux_sys());
  if (linuxrc::is_command(log.sys(), argc, argv)) return linuxrc::command(log, argc, argv);
  linuxrc::Watchdog watchdog(log.sys());
  return linuxrc::boot(log, watchdog, linuxrc::built_in_loader(log, watchdog), argv, environ);
}
