// Which files are copied, and their kinds; their data and attributes are in copy_file.cpp.
#include "linuxrc/copy_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Status;

constexpr unsigned deepest = 128;  // of the stack, which is small in a PID 1

// Puts "/name" behind a path, and takes it away again.
class Longer {
 public:
  Longer(LongPath& path, const char* name) : path_(path), before_(path.size()) {
    path.append("/%s", name);
  }
  ~Longer() { path_.cut(before_); }
  Longer(const Longer&) = delete;
  Longer& operator=(const Longer&) = delete;
  [[nodiscard]] bool fits() const { return !path_.full(); }

 private:
  LongPath& path_;
  std::size_t before_;
};

}  // namespace

bool is_gone(int result) {
  return result == -ENOENT;
}

Copier::Copier(Machine& machine, const char* links, What what)
    : machine_(machine), files_(*machine.sys.files()), links_(links), what_(what) {}

Status Copier::failed(int result, const char* call, const LongPath& path) const {
  return outcome(result, "%s %s", call, path.c_str());
}

Status Copier::begin(const char* from, const char* to) {
  from_.clear();
  from_.append("%s", from);
  to_.clear();
  to_.append("%s", to);
  if (from_.full() || to_.full()) return Error::system(ENAMETOOLONG, "copy %.200s", from);
  return Done{};
}

Status Copier::copy(const char* from, const char* to) {
  const Status begun = begin(from, to);
  return begun ? copy_here() : begun;
}

Status Copier::copy_directory(const char* from, const char* to) {
  const Status begun = begin(from, to);
  if (!begun) return begun;
  FileDetails details;
  const int result = files_.lstat_details(from, details);
  if (result < 0) return failed(result, "lstat", from_);
  if (!S_ISDIR(details.mode)) return failed(-ENOTDIR, "copy", from_);
  const int made = machine_.sys.mkdir(to, 0700);
  if (made == -EEXIST) return Done{};
  return made < 0 ? failed(made, "mkdir", to_) : copy_attributes(details);
}

Status Copier::copy_here() {
  machine_.watchdog.feed();
  FileDetails details;
  const int result = files_.lstat_details(from_.c_str(), details);
  if (is_gone(result)) return Done{};
  if (result < 0) return failed(result, "lstat", from_);
  bool there = false;
  if (what_ == What::files) {
    FileFacts found;
    if (S_ISCHR(details.mode) && details.node_device == 0) return Done{};
    if (S_ISREG(details.mode) && has_no_contents()) return Done{};
    there = machine_.sys.lstat(to_.c_str(), found) >= 0;
    if (there && !(S_ISDIR(found.mode) && S_ISDIR(details.mode))) return Done{};
  }
  ++copied_;
  if (there) return copy_entries();
  if (S_ISREG(details.mode)) return copy_file(details);
  if (!S_ISDIR(details.mode)) return copy_special(details);
  // Nobody else comes in before it has its own mode.
  Status done = failed(machine_.sys.mkdir(to_.c_str(), 0700), "mkdir", to_);
  if (done) done = copy_entries();
  // Its time, and what children would inherit, come when it is full.
  return done ? copy_attributes(details) : done;
}

Status Copier::copy_entries() {
  if (depth_ == deepest) return failed(-ELOOP, "copy", from_);
  const Status outer = entries_;
  entries_ = Done{};
  ++depth_;
  const int result = machine_.sys.list(from_.c_str(), entry, this);
  --depth_;
  Status done = entries_;
  if (done && !is_gone(result)) done = failed(result, "list", from_);
  entries_ = outer;
  return done;
}

bool Copier::entry(void* context, const char* name) {
  auto& self = *static_cast<Copier*>(context);
  const Longer from(self.from_, name);
  const Longer to(self.to_, name);
  self.entries_ =
      from.fits() && to.fits() ? self.copy_here() : self.failed(-ENAMETOOLONG, "copy", self.from_);
  return self.entries_.ok();
}

Status Copier::copy_special(const FileDetails& details) {
  Sys& sys = machine_.sys;
  if (!S_ISLNK(details.mode)) {
    const Status made =
        failed(sys.mknod(to_.c_str(), details.mode, details.node_device), "mknod", to_);
    return made ? copy_attributes(details) : made;
  }
  static char text[4096];
  const int length = sys.readlink(from_.c_str(), text, sizeof text);
  if (is_gone(length)) return Done{};
  if (length < 0) return failed(length, "readlink", from_);
  const Status made = failed(sys.symlink(text, to_.c_str()), "symlink", to_);
  return made ? copy_attributes(details) : made;
}

}  // namespace linuxrc
