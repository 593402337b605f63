// Roots on flash: which types are tried, and what is waited for.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

std::string flash(const std::string& words) {
  return "pid=1\nroot_device=1:0\nkernel=7.2.0\nwork=/mnt\nnew_root.put_old=mnt\n"
         "cmdline=root=/dev/ram0 init=/linuxrc real_root=" +
         words + "\n";
}

// The texts of the tries to mount the root, in order.
std::vector<std::string> tries(const Boot& boot) {
  std::vector<std::string> texts;
  for (const Traced& call : boot->sys.trace)
    if (call.call == Call::mount && call.text.find(" /mnt/root ") != std::string::npos)
      texts.push_back(call.text);
  return texts;
}

unsigned first_mount(const std::string& facts) {
  const Boot boot(facts);
  for (const Traced& call : boot->sys.trace)
    if (call.call == Call::mount && call.text.find(" /mnt/root ") != std::string::npos)
      return call.occurrence;
  throw std::runtime_error("the root is not mounted");
}

// Counted from the first try to mount the root on.
Boot failing(const std::string& facts, std::vector<int> errors) {
  const unsigned first = first_mount(facts);
  return Boot(facts, [&](World& world) {
    for (unsigned i = 0; i < errors.size(); ++i)
      world.sys.faults.push_back({Call::mount, first + i, errors[i]});
  });
}

}  // namespace

BOOST_AUTO_TEST_CASE(mtd_is_the_first_type_that_can_be_mounted) {
  const Boot boot(flash("mtd:rootfs rw"));
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  const std::vector<std::string> expected = {"mount mtd:rootfs /mnt/root romfs",
                                             "mount mtd:rootfs /mnt/root cramfs",
                                             "mount mtd:rootfs /mnt/root jffs2"};
  BOOST_TEST(tries(boot) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rootfstype_is_a_list_for_flash_too) {
  const Boot boot = failing(flash("ubi0:rootfs rw rootfstype=squashfs,ubifs"), {EOPNOTSUPP});
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  const std::vector<std::string> expected = {"mount ubi0:rootfs /mnt/root squashfs",
                                             "mount ubi0:rootfs /mnt/root ubifs"};
  BOOST_TEST(tries(boot) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_mounted_read_only) {
  const Boot boot = failing(flash("mtd:rootfs rw rootfstype=jffs2"), {EROFS});
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->said("mtd:rootfs can only be mounted read-only"));
  BOOST_TEST(boot->outcome.view.root.mount->read_only);
}

BOOST_AUTO_TEST_CASE(the_reason_of_the_type_that_it_is_stays) {
  const Boot boot = failing(flash("mtd:rootfs ro"), {EINVAL, ENODEV, EIO});
  BOOST_TEST(name_of(boot->outcome.end) == "init");  // tried again, as of any medium
  BOOST_TEST(boot->said("as romfs, cramfs, jffs2: Input/output error: trying again for 5 s"));
}

BOOST_AUTO_TEST_CASE(an_mtd_partition_is_waited_for) {
  const std::string facts = flash("mtd:rootfs rw rootwait");
  const Boot well(facts);
  unsigned opened = 0;
  for (const Traced& call : well->sys.trace)
    if (call.text == "open /mnt/proc/mtd") opened = call.occurrence;
  BOOST_REQUIRE(opened != 0U);
  const Boot late(facts, [&](World& world) {
    for (unsigned i = 0; i < 1000; ++i)
      world.sys.faults.push_back({Call::open, opened + i, ENOENT});
  });
  BOOST_TEST(name_of(late->outcome.end) == "init");
  BOOST_TEST(late->said("waiting for the MTD partition mtd:rootfs"));
  BOOST_TEST(late->kernel.now_ms >= 50000U);
}

BOOST_AUTO_TEST_CASE(one_that_never_comes_is_told_with_those_there_are) {
  const Boot boot(flash("mtd:rootfs rw rootwait=7"), [](World& world) {
    world.kernel.tree.put(*world.kernel.proc, "/mtd", S_IFREG | 0444,
                          "dev:    size   erasesize  name\nmtd0: 00040000 00010000 \"boot\"\n");
  });
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  BOOST_TEST(boot->said("mtd0: 00040000 00010000 \"boot\""));
  BOOST_TEST(boot->said("FAILED: find the MTD partition mtd:rootfs: /mnt/proc/mtd has none"));
  BOOST_TEST(boot->kernel.now_ms >= 7000U);
  BOOST_TEST(tries(boot).empty());
}

BOOST_AUTO_TEST_CASE(a_volume_of_ubi_is_waited_for_until_it_is_there) {
  const Boot late = failing(flash("ubi0:rootfs rw rootwait"), std::vector<int>(200, ENODEV));
  BOOST_TEST(name_of(late->outcome.end) == "init");
  BOOST_TEST(late->said("as ubifs: No such device: trying again"));
  BOOST_TEST(late->kernel.now_ms >= 90000U);
  const Boot never = failing(flash("ubi0:rootfs rw rootwait=7"), std::vector<int>(200, ENODEV));
  BOOST_TEST(name_of(never->outcome.end) == "shell");
  BOOST_TEST(never->said("trying again for 7 s"));
  BOOST_TEST(never->said("FAILED: mount root ubi0:rootfs"));
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_a_type_that_the_kernel_does_not_know) {
  const Boot boot(flash("ubi0:rootfs rw rootwait"), [](World& world) {
    std::erase(world.kernel.types, "nodev\tubifs");
    world.kernel.flash = nullptr;
  });
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  BOOST_TEST(boot->said("FAILED: mount root ubi0:rootfs: this kernel knows no ubifs"));
  BOOST_TEST(!boot->said("trying again"));
}
