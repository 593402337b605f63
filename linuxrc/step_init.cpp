// Which program will be init.
#include <cerrno>
#include <iterator>

#include "linuxrc/report.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

namespace {

// The kernel's list, tried in this order (init/main.c, kernel_init()).
constexpr const char* kernel_list[] = {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};

bool same_file(const FileFacts& one, const FileFacts& other) {
  return one.device == other.device && one.inode == other.inode;
}

// Why programs of the list cannot be init.
struct Reasons {
  common::Text<400> all;
  common::Text<300> there;  // of those that are there, and should have been it

  void add(const Error& error) {
    all.append("%s%s", all.empty() ? "" : "; ", error.text());
    if (error.errno_value() == ENOENT || error.errno_value() == ENOTDIR) return;
    there.append("%s%s", there.empty() ? "" : "; ", error.text());
  }
};

// The first of the kernel's list from `at` on that can be executed becomes machine.init.
bool first_of_list(Machine& machine, std::size_t at, Reasons& reasons) {
  for (; at < std::size(kernel_list); ++at) {
    const char* const candidate = kernel_list[at];
    FileFacts facts;
    if (machine.self && machine.sys.stat(candidate, facts) >= 0 && same_file(*machine.self, facts))
      continue;
    const Status fine = check_executable(machine, candidate);
    if (fine) {
      machine.init.clear();
      machine.init.append("%s", candidate);
      return true;
    }
    reasons.add(fine.error());
  }
  return false;
}

void say_what_is_passed_over(Machine& machine, const Reasons& reasons) {
  if (reasons.there.empty()) return;
  machine.log.warn("%s: going on with %s", reasons.there.c_str(), machine.init.c_str());
  degrade(machine, reasons.there.c_str());
}

// Inside the new root: sets machine.init.
Status choose_init(Machine& machine, const Step& step) {
  machine.init.clear();
  machine.init_from_list = *step.source == '\0';
  if (machine.init_from_list) {
    Reasons reasons;
    const bool found = first_of_list(machine, 0, reasons);
    // Of a chain the next root is better than what this one has left.
    const bool has_better = step.on_failure == OnFailure::next_root && !reasons.there.empty();
    if (found && !has_better) {
      say_what_is_passed_over(machine, reasons);
      return Done{};
    }
    return Error::of(Failure::not_usable, "no working init found in %s: %s",
                     *step.target == '\0' ? "/" : step.target, reasons.all.c_str());
  }
  const Status fine = check_executable(machine, step.source);
  if (!fine) return Error::of(Failure::not_usable, "requested init %s", fine.error().text());
  machine.init.append("%s", step.source);
  return Done{};
}

}  // namespace

bool choose_next_init(Machine& machine) {
  if (!machine.init_from_list) return false;
  std::size_t at = 0;
  while (at < std::size(kernel_list) && machine.init.view() != kernel_list[at]) ++at;
  Reasons reasons;
  const bool found = first_of_list(machine, at + 1, reasons);
  if (found) say_what_is_passed_over(machine, reasons);
  return found;
}

Status check_init(Machine& machine, const Step& step) {
  Path self_path;
  self_path.append("%s/proc/self/exe", machine.facts.work.c_str());
  FileFacts self;
  if (machine.sys.stat(self_path.c_str(), self) >= 0) machine.self = self;

  Inside new_root(machine.sys, step.target);
  if (!new_root.status()) return new_root.status();
  const Status chosen = choose_init(machine, step);
  const Status back = new_root.leave();
  return chosen ? back : chosen;
}

}  // namespace linuxrc
