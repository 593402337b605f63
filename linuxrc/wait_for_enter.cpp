#include <fcntl.h>

#include <cerrno>

#include "linuxrc/loader.hpp"

namespace linuxrc {

void wait_for_enter(Log& log, Watchdog& watchdog) {
  constexpr std::uint64_t poll_ms = 100;
  Sys& sys = log.sys();
  // As the kernel did: where there is no console nobody can be waited for.
  const int console = sys.open("/dev/console", O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
  if (console < 0) return;
  for (;;) {
    char key = 0;
    const ssize_t got = sys.read(console, &key, 1);
    if (got == -EAGAIN)
      watchdog.sleep_ms(poll_ms);
    else if (got <= 0 || key == '\n')
      break;
  }
  (void)sys.close(console);  // read only
}

}  // namespace linuxrc
