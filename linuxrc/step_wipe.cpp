// Deleting what an upper holds.
#include <sys/stat.h>

#include <cerrno>

#include "linuxrc/descent.hpp"
#include "linuxrc/overlay.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Status;

// Works in the current directory: paths of any length and depth are then names.
struct Wipe {
  Machine& machine;
  dev_t device;
  std::string_view kept;  // of the uppermost directory
  Status first_error = Done{};
  unsigned long long removed = 0;
  Descent descent{machine.sys, 128};

  void fail(int result, const char* call, const char* name) {
    if (result < 0 && first_error) first_error = outcome(result, "%s %s", call, name);
  }

  [[nodiscard]] bool is_kept(std::string_view name) const {
    if (descent.depth > 0) return false;
    for (std::string_view rest = kept; !rest.empty();) {
      const auto comma = rest.find(',');
      if (rest.substr(0, comma) == name) return true;
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
    return false;
  }

  static bool entry(void* context, const char* name) {
    auto* const self = static_cast<Wipe*>(context);
    self->machine.watchdog.feed();
    if (!self->is_kept(name)) self->remove(name);
    return !self->descent.lost;
  }

  // Deleting may hide entries from the listing that is under way: it is made again until nothing
  // more goes.
  void remove_all() {
    for (unsigned long long before = removed + 1; !descent.lost && removed != before;) {
      before = removed;
      fail(machine.sys.list(".", entry, this), "list", "a directory");
    }
  }

  void remove(const char* name) {
    Sys& sys = machine.sys;
    FileFacts facts;
    if (const int result = sys.lstat(name, facts); result < 0) {
      fail(result, "lstat", name);
      return;
    }
    if (facts.device != device) {
      fail(-EXDEV, "delete", name);
      return;
    }
    int result = 0;
    if (!S_ISDIR(facts.mode)) {
      result = sys.unlink(name);
      fail(result, "unlink", name);
    } else {
      const auto say = [&](int error, const char* call) { fail(error, call, name); };
      descent.enter(
          name, [this] { remove_all(); }, say);
      if (descent.lost) return;
      result = sys.rmdir(name);
      fail(result, "rmdir", name);
    }
    if (result >= 0) ++removed;
  }
};

}  // namespace

Status wipe(Machine& machine, const char* path, std::string_view kept) {
  Sys& sys = machine.sys;
  FileFacts facts;
  Status done = outcome(sys.lstat(path, facts), "lstat %s", path);
  // A link would lead away from the upper.
  if (done && !S_ISDIR(facts.mode))
    done = Error::of(common::Failure::not_usable, "%s is no directory", path);
  if (done) done = outcome(sys.chdir(path), "chdir %s", path);
  if (!done) return done;
  Wipe run{machine, facts.device, kept};
  run.remove_all();
  const Status back = outcome(sys.chdir("/"), "chdir /");
  sys.sync();
  return run.first_error ? back : run.first_error;
}

}  // namespace linuxrc
