// Of another firmware's changes what sysupgrade's lists name: OpenWrt's /etc/sysupgrade.conf and
// /lib/upgrade/keep.d/*, changed or delivered.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "common/lines.hpp"
#include "linuxrc/copy_tree.hpp"
#include "linuxrc/keep_list.hpp"
#include "linuxrc/overlay.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Status;

constexpr const char* list_file = "/etc/sysupgrade.conf";
constexpr const char* list_folder = "/lib/upgrade/keep.d";
constexpr std::size_t longest_path = 1024;  // bytes of a line
constexpr std::ptrdiff_t deepest_path = 32;

LongPath joined(std::string_view one, std::string_view other) {
  LongPath path;
  path.append("%.*s%.*s", static_cast<int>(one.size()), one.data(), static_cast<int>(other.size()),
              other.data());
  return path;
}

class Listed {
 public:
  Listed(Machine& machine, const Step& step, Copier& copier)
      : machine_(machine), step_(step), copier_(copier) {}

  // Both roots' lists, the changed one in the place of the delivered.
  Status copy_all() {
    const LongPath changed = joined(step_.source, list_file);
    read_list(is_file(changed) ? changed : joined(step_.data, list_file));
    for (const char* root : {step_.source, step_.data}) {
      folder_ = joined(root, list_folder);
      const int result = machine_.sys.list(folder_.c_str(), list_entry, this);
      if (result < 0 && result != -ENOENT && result != -ENOTDIR)
        fail(outcome(result, "list %s", folder_.c_str()));
    }
    return first_error_;
  }

 private:
  void fail(const Status& status) {
    if (!status && first_error_) first_error_ = status;
  }

  [[nodiscard]] bool is_file(const LongPath& path) const {
    FileFacts found;
    return machine_.sys.lstat(path.c_str(), found) >= 0 && S_ISREG(found.mode);
  }

  static bool list_entry(void* context, const char* name) {
    auto& self = *static_cast<Listed*>(context);
    LongPath path = self.folder_;
    path.append("/%s", name);
    self.read_list(path);
    return self.first_error_.ok();
  }

  void read_list(const LongPath& path) {
    static char text[16384];
    if (!is_file(path)) return;
    const auto length = read_text(machine_.sys, path.c_str(), text);
    if (!length) {
      fail(length.error());
      return;
    }
    std::string_view rest{text, *length};
    while (const auto line = common::next_line(rest)) {
      const std::string_view kept = kept_path(*line);
      if (kept.empty() || !first_error_) continue;
      // The stack of a PID 1 is small.
      if (kept.size() > longest_path || std::ranges::count(kept, '/') > deepest_path)
        machine_.log.warn("%s: a path is too long, ignoring", path.c_str());
      else
        find("", kept);
    }
  }

  // What is at `found`, "" or "/etc", and then matches `rest`.
  void find(std::string_view found, std::string_view rest) {
    if (rest.empty()) {
      copy(found);
      return;
    }
    const std::string_view name = rest.substr(0, rest.find('/'));
    rest.remove_prefix(name.size() == rest.size() ? name.size() : name.size() + 1);
    if (name.find_first_of("*?") == std::string_view::npos) {
      LongPath deeper = joined(found, "/");
      deeper.append("%.*s", static_cast<int>(name.size()), name.data());
      find(deeper.view(), rest);
      return;
    }
    Search search{*this, found, name, rest};
    // What is no directory holds nothing that matches.
    (void)machine_.sys.list(joined(step_.source, found).c_str(), Search::entry, &search);
  }

  struct Search {
    Listed& listed;
    std::string_view found;
    std::string_view pattern;
    std::string_view rest;

    static bool entry(void* context, const char* name) {
      auto& self = *static_cast<Search*>(context);
      if (!matches(self.pattern, name)) return true;
      LongPath deeper = joined(self.found, "/");
      deeper.append("%s", name);
      self.listed.find(deeper.view(), self.rest);
      return self.listed.first_error_.ok();
    }
  };

  // The folders above come first. Where one is no directory there is nothing of that path.
  void copy(std::string_view path) {
    const LongPath from = joined(step_.source, path);
    FileFacts found;
    const int result = machine_.sys.lstat(from.c_str(), found);
    if (result == -ENOENT || result == -ENOTDIR) return;
    if (result < 0) {
      fail(outcome(result, "lstat %s", from.c_str()));
      return;
    }
    for (auto slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1)) {
      const LongPath above = joined(step_.source, path.substr(0, slash));
      if (machine_.sys.lstat(above.c_str(), found) < 0 || !S_ISDIR(found.mode)) return;
      fail(copier_.copy_directory(above.c_str(),
                                  joined(step_.target, path.substr(0, slash)).c_str()));
      if (!first_error_) return;
    }
    fail(copier_.copy(from.c_str(), joined(step_.target, path).c_str()));
  }

  Machine& machine_;
  const Step& step_;
  Copier& copier_;
  LongPath folder_;
  Status first_error_ = Done{};
};

}  // namespace

Status copy_listed(Machine& machine, const Step& step) {
  Status done = begin_copy(machine, step.target);
  if (!done) return done;
  const Path links = links_beside(step.target);
  Copier copier(machine, links.c_str(), Copier::What::files);
  done = copier.copy_directory(step.source, step.target);
  Listed listed(machine, step, copier);
  if (done) done = listed.copy_all();
  done = end_copy(machine, step.target, done);
  if (done) machine.log.say("%llu listed files and directories are kept", copier.copied());
  return done;
}

}  // namespace linuxrc
