// When the boot cannot go on; what is said, where, and who feeds the watchdog meanwhile.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <boost/test/unit_test.hpp>

#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

std::string pivot(const std::string& words) {
  return "pid=1\nroot_device=1:0\nkernel=7.2.0\nnew_root.put_old=mnt\nnew_root.dev=yes\n"
         "cmdline=root=/dev/ram0 init=/linuxrc real_root=/dev/vda " +
         words + "\n";
}

void lose_real_root(World& world) {
  std::erase_if(world.kernel.disks, [&](const Disk& disk) { return disk.fs == world.real; });
}

void lose_console(World& world) {
  world.kernel.has_console = false;
  world.kernel.main.files.clear();
}

bool logged(const Boot& boot, std::string_view text) {
  return boot->sys.kernel_log.find(text) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(onfail_and_panic_decide_what_a_stop_leads_to) {
  const std::pair<const char*, const char*> rows[] = {{"", "shell"},
                                                      {"linuxrc.onfail=shell panic=5", "shell"},
                                                      {"linuxrc.onfail=wait", "waiting"},
                                                      {"linuxrc.onfail=halt", "halted"},
                                                      {"linuxrc.onfail=reboot", "rebooted"},
                                                      {"panic=5", "rebooted"},
                                                      {"panic=-1", "rebooted"},
                                                      {"panic=0", "shell"},
                                                      {"linuxrc.onfail=nonsense", "shell"}};
  for (const auto& [words, end] : rows) {
    BOOST_TEST_CONTEXT(words) {
      const Boot boot(pivot(words), lose_real_root);
      BOOST_TEST(name_of(boot->outcome.end) == end);
      BOOST_TEST(boot->said("FAILED: find root /dev/vda"));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_reboot_comes_after_the_seconds_of_panic) {
  const Boot boot(pivot("panic=40"), lose_real_root);
  BOOST_TEST(boot->kernel.now_ms >= 40000U);
  BOOST_TEST(boot->said("rebooting in 40 s"));
}

BOOST_AUTO_TEST_CASE(quiet_hides_what_goes_well_and_nothing_that_stops) {
  const Boot fine(pivot("quiet"));
  BOOST_TEST(!fine->said("executing /sbin/init"));
  BOOST_TEST(logged(fine, "<7>linuxrc: executing /sbin/init\n"));
  const Boot stopped(pivot("quiet"), lose_real_root);
  BOOST_TEST(stopped->said("FAILED: find root"));
  const Boot loud(pivot("quiet loglevel=6"));
  BOOST_TEST(loud->said("executing /sbin/init"));
}

BOOST_AUTO_TEST_CASE(without_a_console_the_kernels_log_has_every_line_at_its_level) {
  const Boot boot(pivot(""), lose_console);
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->sys.console.empty());
  BOOST_TEST(logged(boot, "<4>linuxrc: there is no console"));
  BOOST_TEST(logged(boot, "<5>linuxrc: executing /sbin/init\n"));
  // Nothing of ours keeps the RAM disk busy.
  BOOST_TEST(boot->kernel.losses == std::vector<std::string>{"discard 1:0"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_console_without_a_node_is_found) {
  const Boot boot(pivot(""), [](World& world) {
    Tree::find(*world.image, "/dev")->children.clear();
    for (Mount& mount : world.kernel.tree.mounts()) mount.read_only = mount.fs == world.image;
    world.kernel.main.files.clear();
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->said("executing /sbin/init"));
}

BOOST_AUTO_TEST_CASE(the_watchdog_is_fed_while_a_root_is_waited_for) {
  const auto late = [](World& world) {
    world.kernel.has_watchdog = true;
    for (Disk& disk : world.kernel.disks)
      if (disk.fs == world.real) disk.appears_ms = 21000;
  };
  const Boot boot(pivot("rootwait linuxrc.watchdog=30"), late);
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->said("the watchdog is running"));
  BOOST_TEST(boot->kernel.watchdog_fed >= 35U);
  // It goes on running: init has to feed it.
  BOOST_TEST(!boot->kernel.watchdog_stops_when_closed);
  BOOST_TEST(Boot(pivot("rootwait"), late)->kernel.watchdog_fed == 0U);
}

// What sleeps makes no calls that its tracer would see.
BOOST_AUTO_TEST_CASE(the_watchdog_is_fed_while_a_traced_linuxrc_sleeps) {
  const Boot boot(
      "pid=1\nroot_device=0:2\nroot_in_memory=yes\nkernel=7.2.0\ninitrd_image=/initrd.image\n"
      "new_root.dev=yes\ncmdline=root=/dev/vda linuxrc.watchdog=30\n",
      [](World& world) { world.kernel.has_watchdog = true; });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  const auto& trace = boot->sys.trace;
  const auto waits = std::ranges::count_if(trace, [](const Traced& call) {
    return call.call == Call::waitpid && call.result == -EINTR;
  });
  BOOST_TEST(waits == 3);
  const auto first =
      std::ranges::find_if(trace, [](const Traced& call) { return call.result == -EINTR; });
  BOOST_TEST_REQUIRE((first != trace.end()));
  BOOST_TEST((first + 1)->text.starts_with("write"));
}

BOOST_AUTO_TEST_CASE(a_missing_watchdog_is_said_and_stops_nobody) {
  const Boot boot(pivot("linuxrc.watchdog"));
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->said("going on without it"));
}

BOOST_AUTO_TEST_CASE(in_an_emergency_the_watchdog_goes_hungry) {
  const Boot boot(pivot("linuxrc.watchdog"), [](World& world) {
    world.kernel.has_watchdog = true;
    lose_real_root(world);
  });
  BOOST_TEST(boot->said("the watchdog is not fed any more"));
}

// The kernel has no console for the first open; the modules bring one.
BOOST_AUTO_TEST_CASE(a_console_that_came_late_serves_the_shell) {
  const auto late = [](World& world) {
    lose_console(world);
    lose_real_root(world);
    world.kernel.has_console = true;
    world.kernel.console_appears_ms = 1000;
  };
  const Boot boot(pivot("rootwait=2"), late);
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  BOOST_TEST(boot->said("FAILED: find root /dev/vda"));
}

// Which takes ten lines in 5 s from each who has it open.
BOOST_AUTO_TEST_CASE(the_kernels_log_has_every_line_of_many) {
  constexpr unsigned disks = 40;
  const Boot boot(pivot(""), [](World& world) {
    lose_console(world);
    lose_real_root(world);
    for (unsigned i = 0; i < disks; ++i)
      world.kernel.disks.push_back(
          {makedev(65, i), "disk" + std::to_string(i), nullptr, 1, 0, "", ""});
  });
  for (unsigned i = 0; i < disks; ++i) BOOST_TEST(logged(boot, " disk" + std::to_string(i) + "\n"));
  BOOST_TEST(logged(boot, "the boot cannot go on"));
}

BOOST_AUTO_TEST_CASE(after_the_images_linuxrc_its_shell_is_on_old) {
  const Boot boot(
      "pid=1\nroot_device=0:2\nroot_in_memory=yes\nkernel=6.12.0\ninitrd_image=/initrd.image\n"
      "new_root.dev=yes\ncmdline=root=/dev/vda\n",
      lose_real_root);
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  BOOST_TEST(boot->said("starting /bin/sh of /old on the console"));
  BOOST_TEST(boot->outcome.view.root.mount->fs == boot->image);
}
