#include <boost/test/unit_test.hpp>
#include <numeric>
#include <random>

#include "mkramdisk/directory_blocks.hpp"

using namespace mkramdisk;

namespace {

InodeId add(Tree& tree, const std::string& name) {
  Inode inode;
  inode.mode = S_IFREG;
  return tree.entries[tree.add(Tree::root, name, inode)].inode;
}

unsigned at16(const std::vector<std::byte>& block, std::size_t at) {
  return std::to_integer<unsigned>(block[at]) | std::to_integer<unsigned>(block[at + 1]) << 8;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_empty_directory_is_one_block_of_dots) {
  Tree tree;
  tree.finish();
  const Inode& root = tree.inodes[0];
  const DirectoryPlan plan = pack_directory(tree, root, 1024);
  BOOST_REQUIRE_EQUAL(plan.blocks(), 1U);
  std::vector<std::byte> block(1024, std::byte{0xee});
  const std::vector<std::uint32_t> numbers{2};
  write_directory_block(tree, root, plan, 0, {2, 7, numbers}, true, block);
  BOOST_TEST(at16(block, 0) == 2U);
  BOOST_TEST(at16(block, 4) == 12U);
  BOOST_TEST(at16(block, 6) == 0x0201U);  // one byte, a directory
  BOOST_TEST(at16(block, 12) == 7U);
  BOOST_TEST(at16(block, 16) == 1012U);  // to the end of the block
  BOOST_TEST(at16(block, 1022) == 0U);
  write_directory_block(tree, root, plan, 0, {2, 7, numbers}, false, block);
  BOOST_TEST(at16(block, 6) == 1U);  // revision 0 has no types
}

BOOST_AUTO_TEST_CASE(records_end_where_blocks_end) {
  Tree tree;
  for (int i = 0; i < 100; ++i) add(tree, "name" + std::to_string(i));
  tree.finish();
  const DirectoryPlan plan = pack_directory(tree, tree.inodes[0], 1024);
  std::vector<std::uint32_t> numbers(tree.inodes.size());
  std::iota(numbers.begin(), numbers.end(), 10);
  std::size_t records = 0;
  for (std::uint32_t index = 0; index < plan.blocks(); ++index) {
    std::vector<std::byte> block(1024);
    write_directory_block(tree, tree.inodes[0], plan, index, {2, 2, numbers}, true, block);
    std::size_t at = 0;
    for (; at < block.size(); at += at16(block, at + 4), ++records)
      BOOST_REQUIRE_GE(at16(block, at + 4), 12U);
    BOOST_TEST(at == block.size());
  }
  BOOST_TEST(records == 102U);
}

BOOST_AUTO_TEST_CASE(names_that_pack_badly_in_order_are_packed_by_length) {
  // 10 names of 255 bytes alternate with 10 short ones: in order three long ones fill a block.
  Tree tree;
  for (char c = 'a'; c < 'a' + 10; ++c) {
    add(tree, std::string(255, c));
    add(tree, std::string(1, c) + std::string(120, 'z'));
  }
  tree.finish();
  const DirectoryPlan plan = pack_directory(tree, tree.inodes[0], 1024);
  BOOST_TEST(plan.blocks() == 5U);  // in order it would be more
  std::vector<std::uint32_t> seen = plan.order;
  std::sort(seen.begin(), seen.end());
  BOOST_REQUIRE_EQUAL(seen.size(), 20U);
  for (std::uint32_t i = 0; i < seen.size(); ++i) BOOST_TEST(seen[i] == i);
}

BOOST_AUTO_TEST_CASE(never_more_blocks_than_in_any_order_of_first_fit) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    Tree tree;
    std::vector<std::uint32_t> lengths;
    for (int i = 0; i < 60; ++i) {
      const std::string number = std::to_string(i);
      const std::size_t length = number.size() + random() % (250 - number.size());
      add(tree, number + std::string(length - number.size(), 'x'));
      lengths.push_back(static_cast<std::uint32_t>(8 + ((length + 3) & ~std::size_t{3})));
    }
    tree.finish();
    // ext2fs_link puts each name into the first block with room for it.
    std::shuffle(lengths.begin(), lengths.end(), random);
    std::vector<std::uint32_t> room{1024 - 24};
    for (const std::uint32_t length : lengths) {
      auto fits = std::find_if(room.begin(), room.end(), [&](auto left) { return left >= length; });
      if (fits == room.end()) fits = room.insert(room.end(), 1024);
      *fits -= length;
    }
    BOOST_TEST(pack_directory(tree, tree.inodes[0], 1024).blocks() <= room.size());
  }
}
