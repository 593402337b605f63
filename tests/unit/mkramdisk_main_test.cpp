#include <boost/test/unit_test.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "mkramdisk/compress.hpp"
#include "mkramdisk/exclude.hpp"
#include "mkramdisk/mkramdisk.hpp"
#include "mkramdisk/owner_map.hpp"

namespace {

struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

Outcome run(const std::vector<std::string>& arguments, const std::string& program = "mkramdisk") {
  std::ostringstream out;
  std::ostringstream err;
  mkramdisk::Environment environment{.out = out, .err = err};
  environment.program = program;
  Outcome outcome;
  outcome.code = mkramdisk::mkramdisk_main(arguments, environment);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

}  // namespace

BOOST_AUTO_TEST_CASE(help_goes_to_standard_output) {
  const Outcome help = run({"--help"});
  BOOST_TEST(help.code == 0);
  BOOST_TEST(help.err.empty());
  BOOST_TEST(help.out.starts_with("Usage: mkramdisk"));
  BOOST_TEST(run({"--help"}, "/usr/bin/genext2fs").out.starts_with("Usage: genext2fs"));
}

BOOST_AUTO_TEST_CASE(bad_usage_points_to_help) {
  const Outcome bad = run({"--bad"});
  BOOST_TEST(bad.code == 2);
  BOOST_TEST(bad.out.empty());
  BOOST_TEST(bad.err.ends_with("Try 'mkramdisk --help' for more information.\n"));
  BOOST_TEST(run({"-b"}, "genext2fs").code == 1);
}

BOOST_AUTO_TEST_CASE(a_plan_says_what_df_will_show) {
  std::string folder = "/tmp/mkramdisk-main-test-XXXXXX";
  BOOST_REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const Outcome plan = run({"--dry-run", folder});
  ::rmdir(folder.c_str());
  BOOST_TEST(plan.code == 0);
  BOOST_TEST(plan.out.find("df shows:     3963 KiB") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(owner_rules) {
  const auto rule = mkramdisk::parse_owner_rule("u:100000:0:65536");
  BOOST_REQUIRE(rule.ok());
  BOOST_TEST(rule->users);
  BOOST_TEST(!rule->groups);
  BOOST_TEST(rule->count == 65536U);
  for (const char* bad :
       {"", "1", "u:", "1:", "1:2:", "1:2:0", "1:2:3:4", "x:1:2", "4294967295:0:2"})
    BOOST_TEST(!mkramdisk::parse_owner_rule(bad).ok(), bad);
  mkramdisk::Tree tree;
  tree.inodes[0].uid = 165535;
  tree.inodes[0].gid = 100000;
  mkramdisk::map_owners({&*rule, 1}, 0, tree);
  BOOST_TEST(tree.inodes[0].uid == 65535U);
  BOOST_TEST(tree.inodes[0].gid == 100000U);
}

BOOST_AUTO_TEST_CASE(patterns_match_names_or_whole_paths) {
  BOOST_TEST(mkramdisk::excluded({"*.o"}, "a/b/c.o"));
  BOOST_TEST(!mkramdisk::excluded({"*.o"}, "a.o/b"));
  BOOST_TEST(mkramdisk::excluded({"/a/b"}, "a/b"));
  BOOST_TEST(!mkramdisk::excluded({"/a/b"}, "x/a/b"));
  BOOST_TEST(mkramdisk::excluded({"a/*"}, "a/b/c"));
}

BOOST_AUTO_TEST_CASE(compression_methods) {
  BOOST_TEST(mkramdisk::parse_compression("xz")->level == 6);
  BOOST_TEST(mkramdisk::parse_compression("zstd:3")->level == 3);
  BOOST_TEST(mkramdisk::parse_compression("none")->method == nullptr);
  for (const char* bad : {"", "xz:", "xz:10", "gzip:0", "zip", "xz:6x"})
    BOOST_TEST(!mkramdisk::parse_compression(bad).ok(), bad);
}
