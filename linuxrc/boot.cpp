#include "linuxrc/boot.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstring>

#include "linuxrc/emergency.hpp"
#include "linuxrc/execute.hpp"
#include "linuxrc/gather.hpp"
#include "linuxrc/overlay.hpp"
#include "linuxrc/report.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Status;

// The kernel starts PID 1 without descriptors when it cannot open /dev/console. Nothing else may
// become 0, 1 or 2, or it would be written to as if it were the console.
// True when they are the console.
bool have_console(Sys& sys) {
  FileFacts facts;
  if (sys.stat("/dev/console", facts) < 0) {
    // A read-only / keeps its silence; an initramfs gets the node it was built without.
    (void)sys.mkdir("/dev", 0755);
    (void)sys.mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1));
  }
  bool all = true;
  for (;;) {
    int fd = sys.open("/dev/console", O_RDWR, 0);
    const bool works = fd >= 0;
    if (!works) fd = sys.open("/", O_RDONLY, 0);
    if (fd < 0) return false;
    all = all && works;
    if (fd > 2) {
      (void)sys.close(fd);
      return all;
    }
    // O_CLOEXEC must not take the console from init.
    (void)sys.keep_on_exec(fd);
  }
}

// What the workspace has to offer: the kernel's log, and a console where / has no node of it.
void open_logs(Machine& machine) {
  // A kernel without MNT_DETACH could not unmount a workspace that is in use.
  if (!machine.facts.kernel.can_detach()) return;
  const Path kernel_log = make_character_node(machine, "kmsg", makedev(1, 11));
  machine.log.open_kernel_log(kernel_log.c_str());
  if (machine.log.has_console()) return;
  const Path console = make_character_node(machine, "console", makedev(5, 1));
  const Path null = make_character_node(machine, "null", makedev(1, 3));
  if (become_console(machine.sys, console.c_str()) >= 0) {
    machine.log.set_console(true);
    return;
  }
  // What stands open on / would keep the old root busy.
  (void)become_console(machine.sys, null.c_str());
  machine.log.warn("there is no console: messages are in the kernel's log alone, going on");
}

void open_watchdog(Machine& machine) {
  const std::uint32_t seconds = machine.facts.options().watchdog_s;
  if (seconds == 0 || machine.watchdog.is_open()) return;
  const Path node = make_character_node(machine, "watchdog", makedev(10, 130));
  const int result = machine.watchdog.open(node.c_str(), seconds);
  if (result >= 0) machine.log.say("the watchdog is running and fed until init is executed");
  // Its driver may be one of the modules that are still to be loaded.
  if (result < 0 && machine.modules_loaded)
    machine.log.warn("%s, going on without it",
                     outcome(result, "open %s", node.c_str()).error().text());
}

// The kernel went on to the real root when its initrd could not be loaded; so does this, except
// where the image is the root.
Status load(Machine& machine) {
  Facts& facts = machine.facts;
  const Status done = run_stage(machine, plan_load);
  machine.modules_loaded = true;
  open_watchdog(machine);
  gather_modules(machine.log, facts);
  if (done || role_of(facts) != Role::initramfs_init || root_is_image(facts)) return done;
  machine.log.warn("%s", done.error().text());
  machine.log.warn("the initrd is not loaded: going on without it, as the kernel did");
  degrade(machine, done.error().text());
  return Done{};
}

Status run_image_linuxrc(Machine& machine) {
  const Status done = run_stage(machine, plan_linuxrc);
  if (machine.facts.linuxrc != LinuxrcOutcome::not_run)
    gather_image_configuration(machine.log, "/old", machine.facts);
  return done;
}

Status switch_root(Machine& machine) {
  Plan paths;
  const char* const new_root = new_root_path(machine.facts, paths);
  if (*new_root != '\0') {
    const Status made = run_stage(machine, plan_directories);
    if (!made) return made;
    const Status seen = gather_new_root(machine.sys, new_root, machine.facts);
    if (!seen) return seen;
  } else {
    gather_report_place(machine.log, machine.facts);
  }
  const Status done = run_stage(machine, plan_switch);
  if (done || !machine.facts.new_root.initrd_refused || is_lost(machine)) return done;
  // As the kernel, which unmounts it then.
  go_on_without(machine, done.error());
  return run_stage(machine, plan_switch);
}

Status all_stages(Machine& machine) {
  Facts& facts = machine.facts;
  const bool is_copy = facts.workspace_ready;
  Status done = run_stage(machine, plan_workspace);
  if (done) open_logs(machine);
  if (!is_copy) machine.log.say("started as %s", describe(role_of(facts)));
  if (done) done = gather_system(machine.log, machine.loader, facts);
  if (done) {
    machine.log.set_console_level(facts.options().console_level);
    open_watchdog(machine);
  }
  if (done) done = load(machine);
  if (done) done = run_image_linuxrc(machine);
  if (done) done = choose_and_mount(machine);
  if (done) done = switch_root(machine);
  return done;
}

// Whoever started this copy of the program has mounted it.
void note_workspace(Machine& machine) {
  Plan texts;
  const Facts& facts = machine.facts;
  note_done(machine, {.op = Op::mount, .target = facts.work.c_str()});
  note_done(machine, {.op = Op::mount, .target = in_workspace(facts, texts, "/proc")});
}

}  // namespace

int boot(Log& log, Watchdog& watchdog, ImageLoader& loader, const char* const* argv,
         const char* const* envp) {
  Sys& sys = log.sys();
  Facts facts;
  Machine machine{sys, log, watchdog, loader, facts, argv, envp};
  report_boot();
  if (sys.getpid() == 1)
    log.set_console(have_console(sys));
  else
    read_environment(envp, facts);  // that of PID 1 is made of the command line
  const Status first = gather_first(log, argv[0] == nullptr ? "" : argv[0], facts);
  choose_over_root(argv, facts);
  const Role role = role_of(facts);
  if (first && role == Role::not_ours) {
    log.fail("not PID 1, and / is no RAM disk: nothing to boot. Try --help");
    return 2;
  }
  if (facts.workspace_ready) note_workspace(machine);
  const Status done = first ? all_stages(machine) : first;
  if (facts.pid == 1) {
    Plan paths;
    emergency(machine,
              done ? common::Error::of(common::Failure::system, "init came back") : done.error(),
              new_root_path(facts, paths));
  }
  if (done) return 0;
  take_all_back(machine);
  report_stop(machine, done.error());
  log.fail("%s", done.error().text());
  return 1;
}

}  // namespace linuxrc
