// The boot report in /run, and who is named as the holder of a busy old root.
#include <sys/stat.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "linuxrc/json.hpp"
#include "tests/linuxrc/report_reader.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

std::string pivot(const std::string& words, const std::string& lines = "new_root.run=yes\n") {
  return "pid=1\nroot_device=1:0\nkernel=7.2.0\nnew_root.put_old=mnt\nnew_root.dev=yes\n" + lines +
         "cmdline=root=/dev/ram0 init=/linuxrc " + words + "\n";
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_report_says_what_was_done_and_chosen) {
  const Boot boot(pivot("real_root=/dev/vda"));
  const std::string report = report_of(boot);
  BOOST_TEST(python_says(report,
                         "report[\"degraded\"] == False and report[\"root\"] == \"/dev/vda\" "
                         "and report[\"init\"] == \"/sbin/init\" and report[\"complete\"]"));
  BOOST_TEST(python_says(report,
                         "any(s[\"step\"].startswith(\"mount root /dev/vda\") and s[\"ms\"] >= 0 "
                         "and s[\"at_ms\"] >= 1000 for s in report[\"steps\"])"));
  BOOST_TEST(python_says(report, "any(\"BLKDISCARD\" in s[\"step\"] for s in report[\"steps\"])"));
  BOOST_TEST((boot.mounted_at("/run") != nullptr));
}

BOOST_AUTO_TEST_CASE(a_fallback_is_in_the_report_with_its_reason) {
  const Boot boot(pivot("real_root=/dev/vda,/dev/vdb"), [](World& world) {
    std::erase_if(world.kernel.disks, [](const Disk& disk) { return disk.name == "vda"; });
  });
  const std::string report = report_of(boot);
  BOOST_TEST(python_says(report, "report[\"degraded\"] and report[\"root\"] == \"/dev/vdb\""));
  BOOST_TEST(python_says(report, "\"no such device\" in report[\"root_chosen\"]"));
  BOOST_TEST(python_says(report, "\"no such device\" in report[\"degraded_because\"][0]"));
}

BOOST_AUTO_TEST_CASE(a_boot_that_does_not_start_with_the_first_root_is_degraded) {
  const Boot boot(pivot("real_root=/dev/vda,/dev/vdb linuxrc.env=/dev/sda1:/count",
                        "new_root.run=yes\ncount.root=/dev/vda\ncount.tries=3\n"));
  const std::string report = report_of(boot);
  BOOST_TEST(python_says(report,
                         "report[\"degraded\"] and report[\"root\"] == \"/dev/vdb\" and "
                         "report[\"root_device\"] == \"254:1\""));
  BOOST_TEST(python_says(report, "\"tries\" in report[\"root_chosen\"]"));
}

BOOST_AUTO_TEST_CASE(a_root_that_can_only_be_read_is_a_degraded_boot) {
  const Boot boot(pivot("real_root=/dev/vda rw"),
                  [](World& world) { world.real->read_only = true; });
  // /run of the root itself could not be written.
  BOOST_TEST(python_says(report_of(boot), "report[\"degraded\"]"));
}

BOOST_AUTO_TEST_CASE(whatever_the_command_line_holds_the_report_is_json) {
  const Boot boot(pivot("real_root=/dev/vda real_rootflags=\\\x01\xe9'%s"));
  BOOST_TEST(python_says(report_of(boot), "\"\\\\\" in str(report[\"steps\"])"));
  common::Text<64> text;
  append_json(text, "a\"b\\c\n\xff");
  BOOST_TEST(text.view() == "\"a\\\"b\\\\c\\u000a\\u00ff\"");
}

BOOST_AUTO_TEST_CASE(a_list_that_is_full_leaves_out_whole_values) {
  JsonList<40> list;
  common::Text<16> value;
  value.append("{\"a\":12345}");
  for (int i = 0; i < 5; ++i) list.add(value);
  BOOST_TEST(list.left_out());
  BOOST_TEST(list.view() == "{\"a\":12345},\n{\"a\":12345},\n{\"a\":12345}");
}

BOOST_AUTO_TEST_CASE(without_run_there_is_no_report) {
  const Boot boot(pivot("real_root=/dev/vda", ""));
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(report_of(boot).empty());
  BOOST_TEST(!boot->said("linuxrc.json"));
}

BOOST_AUTO_TEST_CASE(who_holds_the_old_root_is_named) {
  const auto held = [](std::size_t processes) {
    return Boot(pivot("real_root=/dev/vda"), [&](World& world) {
      for (Mount& mount : world.kernel.tree.mounts())
        if (mount.fs == world.image) mount.held = true;
      Tree& tree = world.kernel.tree;
      FileSystem& proc = *world.kernel.proc;
      for (std::size_t i = 0; i < processes; ++i) {
        const std::string folder = "/" + std::to_string(100 + i);
        tree.put(proc, folder + "/stat", S_IFREG | 0444, "100 (a (b) c) S 1");
        tree.put(proc, folder + "/maps", S_IFREG | 0444,
                 "1000-2000 r-xp 00000000 01:00 12     /bin/a b\n");
      }
    });
  };
  const Boot one = held(1);
  BOOST_TEST(one->said("the old root is busy"));
  BOOST_TEST(one->said("held by a (b) c (PID 100): mapped /bin/a b"));
  BOOST_TEST(python_says(report_of(one), "report[\"degraded\"]"));
  const Boot many = held(12);
  BOOST_TEST(many->said("and 4 processes more"));
  const auto lines = std::count_if(many->sys.console.begin(), many->sys.console.end(),
                                   [](const std::string& line) { return has(line, "held by"); });
  BOOST_TEST(lines == 8);
  BOOST_TEST(held(0)->said("no process holds it"));
}
