#include <sys/sysmacros.h>

#include <boost/test/unit_test.hpp>
#include <string_view>

#include "linuxrc/device.hpp"
#include "linuxrc/facts.hpp"

using namespace linuxrc;

namespace {

Facts& fresh() {
  static Facts facts;
  facts.~Facts();
  return *new (&facts) Facts;
}

Freeing freeing(unsigned major, unsigned minor, bool module) {
  Facts& facts = fresh();
  facts.kernel = {major, minor};
  facts.brd_is_module = module;
  return freeing_of(facts, ram0());
}

}  // namespace

BOOST_AUTO_TEST_CASE(kernel_releases) {
  BOOST_TEST(parse_kernel_version("6.1.0-49-cloud-amd64").major == 6u);
  BOOST_TEST(parse_kernel_version("6.1.0-49-cloud-amd64").minor == 1u);
  BOOST_TEST(parse_kernel_version("2.4.31").minor == 4u);
  BOOST_TEST(parse_kernel_version("7").major == 7u);
  BOOST_TEST(parse_kernel_version("").major == 0u);
  BOOST_TEST(parse_kernel_version("6.10").before(6, 11));
  BOOST_TEST(!parse_kernel_version("6.10").before(6, 9));
}

BOOST_AUTO_TEST_CASE(the_role_follows_from_pid_and_root) {
  Facts& facts = fresh();
  facts.pid = 1;
  facts.root_device = ram0();
  BOOST_TEST((role_of(facts) == Role::ram_init));
  facts.root_in_memory = true;
  facts.root_device = makedev(0, 2);
  BOOST_TEST((role_of(facts) == Role::initramfs_init));
  facts.pid = 40;
  BOOST_TEST((role_of(facts) == Role::not_ours));
  facts.root_in_memory = false;
  facts.root_device = makedev(8, 1);
  BOOST_TEST((role_of(facts) == Role::not_ours));
  facts.root_device = ram0();
  BOOST_TEST((role_of(facts) == Role::kernel_linuxrc));
}

BOOST_AUTO_TEST_CASE(freeing_depends_on_kernel_and_module) {
  BOOST_TEST((freeing(2, 4, false) == Freeing::flush));
  BOOST_TEST((freeing(4, 13, true) == Freeing::flush));
  BOOST_TEST((freeing(4, 14, false) == Freeing::impossible));
  BOOST_TEST((freeing(6, 9, true) == Freeing::unload));
  BOOST_TEST((freeing(6, 10, false) == Freeing::discard));
  BOOST_TEST((freeing(7, 0, true) == Freeing::discard));
  BOOST_TEST((freeing_of(fresh(), makedev(8, 1)) == Freeing::nothing));
}

BOOST_AUTO_TEST_CASE(facts_are_read_or_refused_by_name) {
  Facts& facts = fresh();
  BOOST_TEST(read_facts("# comment\n\npid=1\nroot_device=1:0\nnew_root.initrd=yes", facts).ok());
  BOOST_TEST(facts.pid == 1);
  BOOST_TEST(facts.new_root.has_initrd);
  BOOST_TEST(std::string_view(read_facts("colour=red\n", facts).error().text()) ==
             "unknown fact: colour=red");
  BOOST_TEST(std::string_view(read_facts("pid=one\n", facts).error().text()) ==
             "bad value: pid=one");
  for (const char* bad : {"pid", "modules=maybe", "kernel=x", "linuxrc=gone", "asked_root=q"})
    BOOST_TEST(!read_facts(bad, facts).ok(), bad);
}
