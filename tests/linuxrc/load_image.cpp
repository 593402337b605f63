// load_image IMAGE TARGET: linuxrc's loader, linked as linuxrc-all is, but with no boot around it.
#include "linuxrc/loader.hpp"
#include "linuxrc/log.hpp"
#include "linuxrc/sys_linux.hpp"
#include "linuxrc/watchdog.hpp"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  linuxrc::Sys& sys = linuxrc::linux_sys();
  linuxrc::Log log(sys);
  linuxrc::Watchdog watchdog(sys);
  const auto loaded = linuxrc::built_in_loader(log, watchdog).load(argv[1], 0, argv[2]);
  if (!loaded) log.say("%s", loaded.error().text());
  return loaded ? 0 : 1;
}
