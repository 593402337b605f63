#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

#include "linuxrc/module_parameters.hpp"
#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

std::string given(std::string_view words, std::string_view file, const char* before = "") {
  common::CommandLine command_line;
  BOOST_REQUIRE(command_line.parse(words).ok());
  ModuleParameters parameters;
  parameters.append("%s", before);
  append_given_parameters(command_line, file, parameters);
  return parameters.full() ? "full" : parameters.c_str();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_module_is_given_its_own_words_in_their_order) {
  const char* const words = "ubi.mtd=rootfs root=ubi0:a ubifs.x=1 ubi.mtd=data,2048 ubi. .mtd=3 ro";
  BOOST_TEST(given(words, "ubi.ko") == "mtd=rootfs mtd=data,2048");
  BOOST_TEST(given(words, "ubi.ko.xz") == "mtd=rootfs mtd=data,2048");
  BOOST_TEST(given(words, "ub.ko").empty());
  BOOST_TEST(given(words, "mtd.ko").empty());
}

BOOST_AUTO_TEST_CASE(they_follow_those_of_the_list_and_may_have_no_value) {
  BOOST_TEST(given("brd.rd_nr=2", "brd.ko", "rd_size=4096") == "rd_size=4096 rd_nr=2");
  BOOST_TEST(given("usbcore.nousb", "usbcore.ko") == "nousb");
}

BOOST_AUTO_TEST_CASE(a_dash_and_an_underscore_are_one_letter) {
  BOOST_TEST(given("virtio-blk.num_request_queues=1", "virtio_blk.ko") == "num_request_queues=1");
  BOOST_TEST(given("virtio_blk.queues=1", "virtio-blk.ko") == "queues=1");
}

BOOST_AUTO_TEST_CASE(a_value_with_blanks_keeps_its_quotes) {
  BOOST_TEST(given("a.b=\"c d\" a.e=f", "a.ko") == "b=\"c d\" e=f");
}

BOOST_AUTO_TEST_CASE(what_is_meant_for_init_is_no_parameter) {
  BOOST_TEST(given("a.b=1 -- a.c=2", "a.ko") == "b=1");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_can_be_told) {
  BOOST_TEST(given("a.b=" + std::string(1100, 'x'), "a.ko") == "full");
}

BOOST_AUTO_TEST_CASE(modules_of_the_image_are_loaded_with_them) {
  const auto boot = [](const std::string& words) {
    return Boot(
        "pid=1\nroot_device=0:2\nroot_in_memory=yes\nkernel=7.2.0\nmodules=yes\n"
        "new_root.put_old=mnt\nnew_root.dev=yes\ncmdline=root=/dev/vda " +
        words + "\n");
  };
  const Boot given = boot("virtio_blk.queues=1 virtio-blk.depth=2,3");
  const auto loads = [&](const std::string& text) {
    const auto& trace = given->sys.trace;
    return std::any_of(trace.begin(), trace.end(),
                       [&](const Traced& call) { return call.text == text; });
  };
  BOOST_TEST(loads("init_module module virtio_blk queues=1 depth=2,3"));
  BOOST_TEST(loads("init_module module loop "));
  const Boot long_one = boot("virtio_blk.queues=" + std::string(1100, '1'));
  BOOST_TEST(long_one->said("module /lib/linuxrc/virtio_blk.ko: its parameters are too long"));
  BOOST_TEST(!long_one->kernel.modules.contains("virtio_blk"));
}
