// Who keeps a file system busy.
#include "linuxrc/holders.hpp"

#include <fcntl.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <charconv>

#include "common/lines.hpp"
#include "linuxrc/sys_io.hpp"

namespace linuxrc {
namespace {

constexpr unsigned most_lines = 8;

using common::Status;

struct Way {
  const char* link;  // in /proc/PID
  const char* name;
};
constexpr Way ways[] = {{"root", "its root"}, {"cwd", "its directory"}, {"exe", "its program"}};

// The device of a line of /proc/PID/maps, "START-END PERMS OFFSET MAJOR:MINOR INODE PATH", and the
// path.
struct Mapping {
  dev_t device = 0;
  std::string_view path;
};
Mapping parse_mapping(std::string_view line) {
  std::string_view fields[5];
  for (std::string_view& field : fields) {
    field = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(field.size() + 1, line.size()));
  }
  const std::string_view number = fields[3];
  const auto colon = number.find(':');
  if (colon == std::string_view::npos) return {};
  unsigned parts[2] = {};
  (void)std::from_chars(number.data(), number.data() + colon, parts[0], 16);
  (void)std::from_chars(number.data() + colon + 1, number.data() + number.size(), parts[1], 16);
  return {makedev(parts[0], parts[1]), line.substr(std::min(line.find('/'), line.size()))};
}

struct Search {
  Log& log;
  dev_t device;
  Path process{};  // its number: /proc is the current directory
  unsigned found = 0;

  [[nodiscard]] bool is_there(const char* path) const {
    FileFacts facts;
    return log.sys().stat(path, facts) >= 0 && facts.device == device;
  }

  void name_holder(const char* how, std::string_view path) {
    if (++found > most_lines) return;
    Path stat;
    stat.append("%s/stat", process.c_str());
    char text[512];
    const auto length = read_text(log.sys(), stat.c_str(), text);
    // "12 (sh) S ...", and the name may hold brackets of its own.
    const std::string_view line{text, length ? *length : 0};
    const auto begin = std::min(line.find('('), line.size());
    const auto end = line.rfind(')');
    const std::string_view name = end == std::string_view::npos || end <= begin
                                      ? "?"
                                      : line.substr(begin + 1, end - begin - 1);
    log.warn("  held by %.*s (PID %s): %s %.*s", static_cast<int>(name.size()), name.data(),
             process.c_str(), how, static_cast<int>(path.size()), path.data());
  }

  bool holds_by_link(const char* link, const char* how) {
    Path path;
    path.append("%s/%s", process.c_str(), link);
    if (!is_there(path.c_str())) return false;
    char target[256] = "";
    (void)log.sys().readlink(path.c_str(), target, sizeof target);  // the path is a help, no more
    name_holder(how, target);
    return true;
  }

  bool holds_by_mapping() {
    static char text[32768];
    Path path;
    path.append("%s/maps", process.c_str());
    const auto length = read_text(log.sys(), path.c_str(), text);
    std::string_view rest{text, length ? *length : 0};
    while (const auto line = common::next_line(rest)) {
      const Mapping mapping = parse_mapping(*line);
      if (mapping.device != device) continue;
      name_holder("mapped", mapping.path);
      return true;
    }
    return false;
  }

  static bool look_at_file(void* context, const char* number) {
    auto* const self = static_cast<Search*>(context);
    common::Text<64> link;
    link.append("fd/%s", number);
    return !self->holds_by_link(link.c_str(), "open");  // one way to hold it is enough
  }

  static bool look_at_process(void* context, const char* name) {
    auto* const self = static_cast<Search*>(context);
    if (*name < '0' || *name > '9') return true;
    self->process.clear();
    self->process.append("%s", name);
    for (const Way& way : ways)
      if (self->holds_by_link(way.link, way.name)) return true;
    const unsigned before = self->found;
    Path files;
    files.append("%s/fd", self->process.c_str());
    (void)self->log.sys().list(files.c_str(), look_at_file, self);  // it may have ended
    if (self->found == before) (void)self->holds_by_mapping();
    return true;
  }
};

}  // namespace

void keep_proc(Machine& machine) {
  Path proc;
  proc.append("%s/proc", machine.facts.work.c_str());
  // Without it the holders are not named, and nothing else is lost.
  machine.proc = machine.sys.open(proc.c_str(), O_RDONLY | O_DIRECTORY, 0);
}

void say_holders(Machine& machine, dev_t device) {
  Sys& sys = machine.sys;
  const int here = machine.proc < 0 ? -1 : sys.open(".", O_RDONLY | O_DIRECTORY, 0);
  if (here < 0) return;
  Search search{machine.log, device};
  Status done = outcome(sys.fchdir(machine.proc), "fchdir to /proc");
  if (done) done = outcome(sys.list(".", Search::look_at_process, &search), "list /proc");
  if (!done) machine.log.warn("  %s", done.error().text());
  if (search.found > most_lines)
    machine.log.warn("  and %u processes more", search.found - most_lines);
  if (done && search.found == 0)
    machine.log.warn("  no process holds it: something is mounted or attached there");
  const Status back = outcome(sys.fchdir(here), "fchdir from /proc");
  if (!back) machine.log.warn("  %s", back.error().text());
  (void)sys.close(here);  // a directory
}

}  // namespace linuxrc
