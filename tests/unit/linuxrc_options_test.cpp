#include <boost/test/unit_test.hpp>
#include <string>

#include "linuxrc/options.hpp"

using common::CommandLine;
using linuxrc::Options;

namespace {

struct Given {
  CommandLine command_line;
  CommandLine configuration;
  Options options;

  explicit Given(std::string_view line, std::string_view conf = "") {
    BOOST_TEST(command_line.parse(line).ok());
    BOOST_TEST(configuration.parse_lines(conf).ok());
    options = linuxrc::read_options(command_line, configuration);
  }
};

std::string text(const char* value) {
  return value == nullptr ? "(none)" : value;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_command_line_wins_over_the_configuration) {
  const Given given("root=/dev/ram0 real_root=/dev/sda1",
                    "real_root=/dev/hda1\nreal_init=/linit\n");
  BOOST_TEST(text(given.options.real_root) == "/dev/sda1");
  BOOST_TEST(text(given.options.real_init) == "/linit");
}

BOOST_AUTO_TEST_CASE(the_last_of_ro_and_rw_counts) {
  BOOST_TEST(!Given("root=x").options.read_write);
  BOOST_TEST(Given("rw").options.read_write);
  BOOST_TEST(!Given("rw ro").options.read_write);
  BOOST_TEST(Given("ro rw").options.read_write);
  BOOST_TEST(Given("", "rw\n").options.read_write);
  BOOST_TEST(!Given("ro", "rw\n").options.read_write);
  BOOST_TEST(!Given("rw=1").options.read_write);
}

BOOST_AUTO_TEST_CASE(waiting_for_the_root) {
  BOOST_TEST(Given("").options.root_wait_s == 5u);
  BOOST_TEST(Given("rootwait").options.root_wait_s == Options::wait_forever);
  BOOST_TEST(Given("rootwait=30").options.root_wait_s == 30u);
  BOOST_TEST(Given("rootwait=x").options.root_wait_s == 5u);
  BOOST_TEST(Given("rootdelay=3").options.root_delay_s == 3u);
  BOOST_TEST(Given("rootdelay=99999999999").options.root_delay_s == Options::wait_forever);
}

BOOST_AUTO_TEST_CASE(types_and_flags_of_the_real_root_may_differ_from_those_of_the_image) {
  const Given one("rootfstype=ext2 rootflags=a");
  BOOST_TEST(text(one.options.root_types) == "ext2");
  BOOST_TEST(text(one.options.image_types) == "ext2");
  const Given two("rootfstype=ext2 real_rootfstype=ext4 real_rootflags=b");
  BOOST_TEST(text(two.options.root_types) == "ext4");
  BOOST_TEST(text(two.options.root_flags) == "b");
  BOOST_TEST(text(two.options.image_types) == "ext2");
  BOOST_TEST(text(two.options.image_flags) == "(none)");
}

BOOST_AUTO_TEST_CASE(words_for_init_are_not_ours) {
  const Given given("root=/dev/ram0 -- real_root=/dev/sda1");
  BOOST_TEST(text(given.options.real_root) == "(none)");
}

BOOST_AUTO_TEST_CASE(ram_disk_words) {
  const Given given("ramdisk_size=8192 ramdisk_start=0x10 noinitrd");
  BOOST_TEST(given.options.ramdisk_size_kib == 8192u);
  BOOST_TEST(given.options.ramdisk_start_kib == 16u);
  BOOST_TEST(given.options.no_initrd);
}

// As the kernel; what the image configures comes first.
BOOST_AUTO_TEST_CASE(the_last_rootwait_counts) {
  BOOST_TEST(Given("rootwait rootwait=20").options.root_wait_s == 20U);
  BOOST_TEST(Given("rootwait=20 rootwait").options.root_wait_s == Options::wait_forever);
  BOOST_TEST(Given("rootwait=10", "rootwait\n").options.root_wait_s == 10U);
  BOOST_TEST(Given("quiet", "rootwait=7\n").options.root_wait_s == 7U);
  BOOST_TEST(Given("linuxrc.watchdog=300", "linuxrc.watchdog\n").options.watchdog_s == 300U);
  BOOST_TEST(Given("").options.watchdog_s == 0U);
}
