// unpack_archive ARCHIVE FOLDER: the step that makes an archive the root, linked as linuxrc-all is,
// but with no boot around it. Root alone may. Says first what memory it would take. FOLDER is / for
// as long as it works.
#include <memory>

#include "linuxrc/ramroot.hpp"
#include "linuxrc/sys_linux.hpp"

int main(int argc, char** argv) {
  using namespace linuxrc;
  if (argc != 3) return 2;
  Sys& sys = linux_sys();
  Log log(sys);
  Watchdog watchdog(sys);
  const auto facts = std::make_unique<Facts>();
  const char* const none[] = {nullptr};
  Machine machine{sys, log, watchdog, built_in_loader(log, watchdog), *facts, none, none};
  std::uint64_t kib = 0;
  bool is_archive = false;
  const auto measured = measure_archive(machine, argv[1], is_archive, kib);
  if (measured && is_archive)
    log.say("an archive of %llu KiB", static_cast<unsigned long long>(kib));
  const auto done =
      unpack(machine, {.op = Op::unpack, .source = argv[1], .target = argv[2], .number = kib});
  if (!done) log.fail("%s", done.error().text());
  return done ? 0 : done.error().exit_code();
}
