#include <unistd.h>

#include <string_view>

#include "linuxrc/boot.hpp"
#include "linuxrc/plan_command.hpp"
#include "linuxrc/sys_linux.hpp"

int main(int argc, char** argv) {
  linuxrc::Sys& sys = linuxrc::linux_sys();
  if (linuxrc::is_command(argc, argv)) return linuxrc::command(sys, argc, argv);
  return linuxrc::boot(sys, linuxrc::built_in_loader(sys), argv, environ);
}
