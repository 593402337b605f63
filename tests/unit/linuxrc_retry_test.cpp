// The policy `retry`: which failures of a root's mount are tried again, for how long, and what
// then.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "linuxrc/retry.hpp"
#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

std::string disk(const std::string& words = "", const std::string& root = "/dev/vda") {
  return "pid=1\nroot_device=1:0\nkernel=7.2.0\nnew_root.initrd=yes\n"
         "cmdline=root=/dev/ram0 init=/linuxrc real_root=" +
         root + " " + words + "\n";
}

const std::string nfs =
    "pid=1\nroot_device=0:2\nroot_in_memory=yes\nkernel=7.2.13\nnew_root.put_old=mnt\n"
    "cmdline=root=/dev/nfs nfsroot=10.0.2.2:/srv noinitrd rw\nnetwork.device=eth0\n";

bool mounts_root(const Traced& call) {
  return call.call == Call::mount && (call.text.starts_with("mount /dev/vda ") ||
                                      call.text.starts_with("mount 10.0.2.2:/srv "));
}

long tries(const Boot& boot) {
  return std::ranges::count_if(boot->sys.trace, mounts_root);
}

// The same boot, with the first `count` tries to mount the root failing with `error`.
Boot failing(const std::string& text, unsigned count, int error) {
  const Boot well(text);
  const auto first = std::ranges::find_if(well->sys.trace, mounts_root);
  BOOST_REQUIRE(first != well->sys.trace.end());
  const unsigned at = first->occurrence;
  return Boot(text, [&](World& world) {
    for (unsigned i = 0; i < count; ++i) world.sys.faults.push_back({Call::mount, at + i, error});
  });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_disk_that_gets_ready_is_mounted) {
  const Boot boot = failing(disk(), 3, ENXIO);
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(tries(boot) == 4);
  BOOST_TEST(boot->said("as ext2: No such device or address: trying again for 5 s"));
  BOOST_TEST(boot->kernel.now_ms >= 4000U);
  BOOST_TEST(!boot->said("FAILED"));
}

BOOST_AUTO_TEST_CASE(a_disk_that_never_does_stops_the_boot_after_the_time_of_rootwait) {
  const Boot boot = failing(disk("rootwait=7"), 100, EIO);
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  BOOST_TEST(tries(boot) == 8);
  BOOST_TEST(boot->said("FAILED: mount root /dev/vda"));
  const Boot patient = failing(disk("rootwait"), 100, EIO);
  BOOST_TEST(name_of(patient->outcome.end) == "shell");
  BOOST_TEST(tries(patient) == 31);
}

BOOST_AUTO_TEST_CASE(a_wrong_file_system_is_not_waited_for) {
  const Boot plain(disk());
  const Boot boot = failing(disk(), 100, EINVAL);
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  BOOST_TEST(!boot->said("trying again"));
  BOOST_TEST(boot->kernel.now_ms <= plain->kernel.now_ms);
}

BOOST_AUTO_TEST_CASE(a_server_has_as_long_as_the_kernel_gives_it) {
  const Boot late = failing(nfs, 60, ECONNREFUSED);
  BOOST_TEST(name_of(late->outcome.end) == "init");
  BOOST_TEST(late->said("Connection refused: trying again for 95 s"));
  const Boot never = failing(nfs, 1000, EHOSTUNREACH);
  BOOST_TEST(name_of(never->outcome.end) == "waiting");  // there is no shell
  BOOST_TEST(tries(never) == 96);
  BOOST_TEST(never->said("FAILED: mount 10.0.2.2:/srv"));
}

BOOST_AUTO_TEST_CASE(of_a_chain_the_next_root_follows_when_the_time_is_up) {
  const Boot boot = failing(disk("", "/dev/vda,/dev/vdb"), 6, EIO);
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(tries(boot) == 6);
  BOOST_TEST(std::ranges::any_of(boot->sys.trace, [](const Traced& call) {
    return call.result == 0 && call.text.starts_with("mount /dev/vdb ");
  }));
}
