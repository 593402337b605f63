// The boot counter: a file in the form of GRUB's environment block, on a file system that is
// mounted for as long as the file is read or written.
#include <fcntl.h>
#include <sys/mount.h>

#include "common/lines.hpp"
#include "common/sizes.hpp"
#include "linuxrc/count_file.hpp"
#include "linuxrc/network.hpp"
#include "linuxrc/overlay.hpp"
#include "linuxrc/ramroot.hpp"
#include "linuxrc/report.hpp"
#include "linuxrc/root_chain.hpp"
#include "linuxrc/root_name.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Status;

namespace {

// Works on the open counter: an error of its own, or that of the work.
using Work = Status (*)(Machine& machine, const Step& step, int fd, GrubEnv& env);

// / is the counter's file system, so that no link leads out of it.
Status work_on_file(Machine& machine, const Step& step, const char* file, bool writes, Work work) {
  Sys& sys = machine.sys;
  const int fd = sys.open(file, writes ? O_RDWR | O_SYNC : O_RDONLY, 0);
  if (fd < 0) return Error::system(-fd, "open");
  auto env = read_env(sys, fd);
  const Status done = env ? work(machine, step, fd, *env) : env.error();
  const int closed = sys.close(fd);
  return done ? outcome(closed, "close") : done;
}

Status work_on_device(Machine& machine, const Step& step, bool writes, Work work) {
  Sys& sys = machine.sys;
  const RootName name = parse_root_name(step.source);
  if (name.file.empty())
    return Error::of(common::Failure::usage, "linuxrc.env= is not DEVICE:/PATH");
  const std::string_view whole = step.source;
  Path device;
  device.append("%.*s", static_cast<int>(whole.size() - name.file.size() - 1), whole.data());
  Path place;
  place.append("%s/count", machine.facts.work.c_str());
  Step mount{.source = device.c_str(),
             .target = place.c_str(),
             .flags = writes ? 0UL : static_cast<unsigned long>(MS_RDONLY),
             .number = step.number,
             .on_failure = step.on_failure};
  Status done = find_root(machine, mount);
  if (done) done = make_directory(sys, place.c_str());
  if (done) done = mount_root(machine, mount);
  if (!done) return done;
  {
    Inside inside(sys, place.c_str());
    done = inside.status();
    // The name ends with the text it is part of.
    if (done) done = work_on_file(machine, step, name.file.data(), writes, work);
    const Status back = inside.leave();
    if (done) done = back;
  }
  // Left mounted it would keep this device from being mounted as the root in another way.
  const Status unmounted = outcome(sys.umount2(place.c_str(), 0), "umount %s", place.c_str());
  if (!unmounted) note_done(machine, {.op = Op::mount, .target = place.c_str()});
  return done ? unmounted : done;
}

Status work_on(Machine& machine, const Step& step, bool writes, Work work) {
  const Status done = work_on_device(machine, step, writes, work);
  machine.root.reset();  // what was found is the counter's device
  if (done) return done;
  return Error::of(done.error().kind(), "boot counter %s: %s", step.source, done.error().text());
}

Status remember(Machine& machine, const Step&, int, GrubEnv& env) {
  BootCount& count = machine.facts.count;
  char buffer[256];
  const auto value = [&](const char* name) {
    return env.get(name, buffer).value_or(std::string_view{});
  };
  const auto text = [&](const char* name, Path& into) {
    const std::string_view found = value(name);
    into.clear();
    into.append("%.*s", static_cast<int>(found.size()), found.data());
  };
  text("linuxrc_root", count.root);
  text("linuxrc_reason", count.reason);
  count.tries = common::parse_decimal(value("linuxrc_tries")).value_or(0);
  count.known = true;
  if (!count.reason.empty())
    machine.log.say("a boot before this one went on with another root: %s", count.reason.c_str());
  return Done{};
}

// "NAME=VALUE" lines; an empty value takes the name out.
bool change(GrubEnv& env, std::string_view lines) {
  while (const auto line = common::next_line(lines)) {
    const auto equals = line->find('=');
    const std::string_view name = line->substr(0, equals);
    const std::string_view value = line->substr(equals + 1);
    if (value.empty()) env.unset(name);
    if (!value.empty() && !env.set(name, value)) return false;
  }
  return true;
}

Status write_changed(Machine& machine, const Step& step, int fd, GrubEnv& env) {
  if (!change(env, step.data))
    return Error::of(common::Failure::does_not_fit, "no room for the variables of linuxrc");
  return write_env(machine.sys, fd, env);
}

}  // namespace

bool can_take_next_root(Machine& machine) {
  FileFacts root;
  const Status seen = outcome(machine.sys.stat("/", root), "stat /");
  if (!seen) machine.log.warn("%s: the next root is not tried", seen.error().text());
  return seen && !is_lost(machine) && root.device == machine.facts.root_device;
}

Status choose_and_mount(Machine& machine) {
  Status done = run_stage(machine, plan_choose);
  Plan texts;
  if (done && current_root(machine.facts, texts).at > 0)
    degrade(machine, "the tries of the first root of the chain are used up");
  while (done) {
    machine.next_root = false;
    done = bring_network_up(machine);
    if (done) {
      done = mount_root_of_chain(machine);
      explain_server_failure(machine, done);
    }
    if (done || !machine.next_root) break;
    machine.log.warn("%s, going on with the next root", done.error().text());
    degrade(machine, done.error().text());
    give_root_up(machine.facts, done.error().text());
    done = Done{};
  }
  if (!done) done = run_in_place(machine, done.error());
  return done ? lay_overlay(machine) : done;
}

Status read_count(Machine& machine, const Step& step) {
  machine.facts.count = {};
  return work_on(machine, step, false, remember);
}

Status write_count(Machine& machine, const Step& step) {
  return work_on(machine, step, true, write_changed);
}

}  // namespace linuxrc
