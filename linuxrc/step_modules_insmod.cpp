// Kernel modules that the image brings along, loaded by its insmod: init_module(2) of Linux 2.4
// wants a module linked against the kernel's symbols, which is that program's whole work.
#include <sys/wait.h>

#include <cerrno>
#include <cstring>

#include "common/lines.hpp"
#include "linuxrc/report.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

namespace {

constexpr const char* programs[] = {"/sbin/insmod", "/bin/insmod"};
constexpr std::size_t most_words = 16;

// Splits `text` at blanks, in place, into `words`, ended by a null pointer; false when there are
// too many.
bool split(char* text, const char** words) {
  for (std::size_t count = 0; count < most_words; ++count) {
    while (*text == ' ') *text++ = '\0';
    words[count] = *text == '\0' ? nullptr : text;
    if (words[count] == nullptr) return true;
    while (*text != ' ' && *text != '\0') ++text;
  }
  return false;
}

// Returns only when it failed, which it says.
void become_insmod(Machine& machine, const char** argv) {
  Sys& sys = machine.sys;
  sys.reset_process_state();
  int result = -ENOENT;
  for (const char* const program : programs) {
    argv[0] = program;
    if (result == -ENOENT) result = sys.execve(program, argv, machine.envp);
  }
  machine.log.warn("%s", outcome(result, "execute %s", argv[0]).error().text());
}

Status run_insmod(Machine& machine, const char** argv) {
  Sys& sys = machine.sys;
  const pid_t child = sys.fork();
  if (child == 0) {
    become_insmod(machine, argv);
    sys.exit_now(127);
  }
  if (child < 0) return Error::system(static_cast<int>(-child), "fork for insmod %s", argv[1]);
  for (;;) {
    int status = 0;
    const pid_t ended = sys.wait_any(status);  // others are orphans, reaped as init does
    if (ended < 0 && ended != -EINTR) return outcome(ended, "wait for insmod %s", argv[1]);
    if (ended != child) continue;
    if (status == 0) return Done{};
    return Error::of(Failure::system, "insmod %s: ended with %s %d", argv[1],
                     WIFSIGNALED(status) ? "signal" : "exit code",
                     WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
  }
}

// `line` is "FILE PARAMETER..." of the folder that `list` is in.
Status load(Machine& machine, const Step& step, std::string_view line) {
  const std::string_view list = step.source;
  common::Text<512> text;
  text.append("%.*s", static_cast<int>(list.rfind('/') + 1), list.data());
  text.append("%.*s", static_cast<int>(line.size()), line.data());
  // The RAM disk's driver is brd since 2.6.25, before that rd.
  const std::string_view name = line.substr(0, line.find('.'));
  if (step.number != 0 && (name == "brd" || name == "rd"))
    text.append(" rd_size=%llu", static_cast<unsigned long long>(step.number));
  char words[512];
  std::memcpy(words, text.c_str(), text.size() + 1);
  const char* argv[most_words + 1] = {"insmod"};
  if (text.full() || !split(words, argv + 1))
    return Error::of(Failure::usage, "module %s: too many parameters", words);
  return run_insmod(machine, argv);
}

}  // namespace

Status load_modules(Machine& machine, const Step& step) {
  static char list[16384];
  const auto length = read_text(machine.sys, step.source, list);
  if (!length) return length.error();
  std::string_view rest{list, *length};
  while (const auto line = common::next_line(rest)) {
    if (line->empty() || line->front() == '#') continue;
    const Status done = load(machine, step, *line);
    if (done) continue;
    go_on_without(machine, done.error());
  }
  return Done{};
}

}  // namespace linuxrc
