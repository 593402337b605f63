#include <boost/test/unit_test.hpp>

#include "mkramdisk/ext2_format.hpp"
#include "mkramdisk/size_plan.hpp"

using namespace mkramdisk;

namespace {

std::uint64_t free_blocks(Format format, std::uint64_t blocks) {
  format.blocks = blocks;
  const auto geometry = count_geometry(format);
  return geometry ? geometry->free_blocks : 0;
}

}  // namespace

BOOST_AUTO_TEST_CASE(size_requests) {
  BOOST_TEST(parse_size_request("4096k")->bytes == 4194304U);
  BOOST_TEST(!parse_size_request("4096k")->smallest);
  BOOST_TEST(parse_size_request("min")->smallest);
  BOOST_TEST(parse_size_request("min")->bytes == 0U);
  BOOST_TEST(parse_size_request("min+10%")->percent == 10U);
  BOOST_TEST(parse_size_request("min+512k")->bytes == 524288U);
  for (const char* bad : {"", "0", "k", "min+", "minus", "min+%", "min10%", "4096kb", "-1"})
    BOOST_TEST(!parse_size_request(bad).ok(), bad);
}

BOOST_AUTO_TEST_CASE(a_4096_kib_disk_has_3963_kib_for_files) {
  const auto plan = plan_size({}, {}, {}, {}, "image");
  BOOST_REQUIRE(plan.ok());
  BOOST_TEST(plan->format.inodes == 1024U);
  BOOST_TEST(free_blocks(plan->format, plan->format.blocks) == 3963U);
}

BOOST_AUTO_TEST_CASE(more_files_than_the_default_has_inodes_for_get_theirs) {
  Needs needs;
  needs.inodes = 3000;
  const auto plan = plan_size({}, needs, {}, {}, "image");
  BOOST_REQUIRE(plan.ok());
  BOOST_TEST(plan->format.inodes >= 3010U);
  InodeRequest fixed;
  fixed.count = 1024;
  BOOST_TEST(plan_size({}, needs, {}, fixed, "image").error().exit_code() == 4);
}

BOOST_AUTO_TEST_CASE(the_smallest_is_smallest) {
  for (const std::uint32_t block_size : {1024U, 4096U}) {
    for (const std::uint64_t wanted :
         {1U, 100U, 3963U, 8000U, 8150U, 8200U, 8300U, 16200U, 25000U, 70000U}) {
      Format format;
      format.block_size = block_size;
      format.inodes = static_cast<std::uint32_t>(11 + wanted / 10);
      const auto found = smallest_blocks(format, wanted);
      BOOST_REQUIRE(found.ok());
      BOOST_TEST(free_blocks(format, *found) >= wanted);
      // Nothing smaller does, tried one by one a long way down.
      for (std::uint64_t less = *found - 1; less + 900 > *found && less > wanted; --less)
        BOOST_REQUIRE_LT(free_blocks(format, less), wanted);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_free_block_is_left_within_a_group) {
  SizeRequest smallest;
  smallest.smallest = true;
  smallest.bytes = 0;
  Needs needs;
  needs.blocks = 5000;
  needs.inodes = 100;
  const auto plan = plan_size({}, needs, smallest, {}, "image");
  BOOST_REQUIRE(plan.ok());
  BOOST_TEST(free_blocks(plan->format, plan->format.blocks) == 5000U);
  smallest.percent = 10;
  const auto slack = plan_size({}, needs, smallest, {}, "image");
  BOOST_REQUIRE(slack.ok());
  BOOST_TEST(slack->bytes >= plan->bytes / 100 * 110);
  BOOST_TEST(slack->bytes <= plan->bytes / 100 * 110 + 2048);
}
