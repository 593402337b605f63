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

void go_on_with_next(Machine& machine, const Error& error) {
  machine.log.warn("%s, going on with the next of the list", error.text());
  degrade(machine, error.text());
}

// The first of the kernel's list from machine.next_init on that can be executed becomes
// machine.init. What is there and cannot be is told; of a chain of roots it ends the search, since
// the next root is better than what this one has left.
Status first_of_list(Machine& machine, const Step& step) {
  common::Text<400> reasons;
  while (machine.next_init < std::size(kernel_list)) {
    const char* const candidate = kernel_list[machine.next_init++];
    FileFacts facts;
    if (machine.self && machine.sys.stat(candidate, facts) >= 0 && same_file(*machine.self, facts))
      continue;
    const int there = machine.sys.lstat(candidate, facts);
    const Status fine = check_executable(machine, candidate);
    if (fine) {
      machine.init.clear();
      machine.init.append("%s", candidate);
      return Done{};
    }
    reasons.append("%s%s", reasons.empty() ? "" : "; ", fine.error().text());
    if (there == -ENOENT || there == -ENOTDIR) continue;
    if (step.on_failure == OnFailure::next_root) break;
    go_on_with_next(machine, fine.error());
  }
  return Error::of(Failure::not_usable, "no working init found in %s: %s",
                   *step.target == '\0' ? "/" : step.target, reasons.c_str());
}

// Inside the new root: sets machine.init.
Status choose_init(Machine& machine, const Step& step) {
  machine.init.clear();
  machine.next_init = 0;
  if (*step.source == '\0') return first_of_list(machine, step);
  machine.next_init = std::size(kernel_list);
  const Status fine = check_executable(machine, step.source);
  if (!fine) return Error::of(Failure::not_usable, "requested init %s", fine.error().text());
  machine.init.append("%s", step.source);
  return Done{};
}

}  // namespace

bool choose_next_init(Machine& machine, const Error& why) {
  if (machine.next_init == std::size(kernel_list)) return false;
  go_on_with_next(machine, why);
  return static_cast<bool>(first_of_list(machine, {}));
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
