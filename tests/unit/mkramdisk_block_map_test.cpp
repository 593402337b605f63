#include <boost/test/unit_test.hpp>
#include <set>
#include <tuple>

#include "mkramdisk/block_map.hpp"

using mkramdisk::BlockMap;
using mkramdisk::BlockRun;

namespace {

// The slow and obvious way: visit every data block, and note each indirect block when it is first
// needed.
struct Walk {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> data;  // logical block, stream offset
  std::uint64_t length = 0;
};

Walk walk(std::uint64_t pointers, const std::vector<BlockRun>& runs) {
  Walk done;
  std::set<std::tuple<unsigned, std::uint64_t>> seen;
  const auto need = [&](unsigned level, std::uint64_t which) {
    if (seen.insert({level, which}).second) ++done.length;
  };
  for (const BlockRun& run : runs) {
    for (std::uint64_t block = run.first; block < run.end; ++block) {
      if (block >= 12) {
        const std::uint64_t rest = block - 12;
        if (rest >= pointers + pointers * pointers) need(3, 0);
        if (rest >= pointers) need(2, (rest - pointers) / (pointers * pointers));
        need(1, rest / pointers);
      }
      done.data.emplace_back(block, done.length++);
    }
  }
  return done;
}

void check(std::uint32_t block_size, const std::vector<BlockRun>& runs) {
  const BlockMap map(block_size, runs);
  const Walk wanted = walk(block_size / 4, runs);
  BOOST_TEST(map.length() == wanted.length);
  std::uint64_t before = 0;
  for (const auto& [block, offset] : wanted.data) {
    const std::size_t run = map.run_at(block);
    BOOST_REQUIRE_EQUAL(map.position(run, block), before);
    BOOST_REQUIRE_EQUAL(map.position(run, block) + map.fresh(run, block).count(), offset);
    for (std::uint64_t at = before; at <= offset; ++at) {
      const auto place = map.place_of(at);
      BOOST_REQUIRE_EQUAL(place.run, run);
      BOOST_REQUIRE_EQUAL(place.block, block);
    }
    before = offset + 1;
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(empty_files_have_no_blocks) {
  BOOST_TEST(BlockMap(1024, {}).length() == 0U);
}

BOOST_AUTO_TEST_CASE(dense_files_at_every_border) {
  for (const std::uint64_t blocks :
       {1U, 12U, 13U, 268U, 269U, 524U, 525U, 65804U, 65805U, 66061U, 70000U})
    check(1024, {{0, blocks, 0}});
}

BOOST_AUTO_TEST_CASE(holes_need_only_the_indirect_blocks_that_lead_to_data) {
  check(1024, {{5, 6, 0}});
  check(1024, {{13, 14, 0}, {20, 21, 0}});
  check(1024, {{0, 1, 0}, {267, 270, 0}, {600, 601, 0}, {65000, 66500, 0}, {140000, 140300, 0}});
  check(1024, {{268, 269, 0}});
  check(1024, {{65804, 65805, 0}});
  check(1024, {{65800, 65804, 0}, {65900, 65901, 0}, {200000, 200001, 0}, {200300, 200400, 0}});
}

BOOST_AUTO_TEST_CASE(larger_blocks) {
  check(2048, {{0, 12 + 512 + 700, 0}});
  check(4096, {{0, 12 + 1024 + 3, 0}, {5000, 5001, 0}});
}

BOOST_AUTO_TEST_CASE(a_terabyte_is_arithmetic) {
  const std::uint64_t blocks = 1ULL << 28;  // of 4 KiB
  const BlockMap map(4096, {{0, blocks, 0}});
  // 12 direct; 1 + 1024 by single; the rest by double and triple.
  const std::uint64_t rest = blocks - 12 - 1024;
  const std::uint64_t beyond = rest - 1024 * 1024;
  const std::uint64_t indirect =
      1 + (1 + 1024) + 1 + (beyond + 1024 * 1024 - 1) / (1024 * 1024) + (beyond + 1023) / 1024;
  BOOST_TEST(map.length() == blocks + indirect);
  BOOST_TEST(map.place_of(map.length() - 1).block == blocks - 1);
}

BOOST_AUTO_TEST_CASE(a_map_that_grows_is_the_same) {
  for (const std::uint32_t block_size : {1024U, 4096U}) {
    const std::vector<BlockRun> runs = {
        {0, 5, 0}, {11, 14, 0}, {300, 70000, 0}, {20000000, 20000001, 0}};
    const BlockMap whole(block_size, runs);
    BlockMap grown(block_size);
    for (const BlockRun& run : runs)
      for (std::uint64_t block = run.first; block < run.end;) {
        const std::uint64_t end = std::min(run.end, block + 1 + block % 977);
        grown.append(block, end);
        block = end;
      }
    BOOST_TEST(grown.length() == whole.length());
    BOOST_TEST_REQUIRE(grown.runs().size() == whole.runs().size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
      BOOST_TEST(grown.runs()[i].end == whole.runs()[i].end);
      BOOST_TEST(grown.runs()[i].stream == whole.runs()[i].stream);
    }
  }
}
