#include <boost/test/unit_test.hpp>

#include "mkramdisk/layout.hpp"
#include "mkramdisk/pointers.hpp"

using namespace mkramdisk;

namespace {

InodeId add(Tree& tree, InodeId parent, const std::string& name, std::uint32_t mode,
            std::uint64_t size = 0) {
  Inode inode;
  inode.mode = mode;
  inode.size = size;
  return tree.entries[tree.add(parent, name, inode)].inode;
}

Geometry two_runs() {
  Geometry geometry;
  geometry.block_size = 1024;
  geometry.free_runs = {{100, 10, 0}, {200, 1000, 10}};
  return geometry;
}

std::string refusal(const Tree& tree, unsigned revision = 1) {
  const auto demand = measure(tree, 1024, revision);
  return demand ? "" : demand.error().text();
}

}  // namespace

BOOST_AUTO_TEST_CASE(numbers_follow_the_walk) {
  Tree tree;
  const InodeId b = add(tree, 0, "b", S_IFDIR | 0755);
  const InodeId z = add(tree, 0, "z", S_IFREG);
  const InodeId a = add(tree, 0, "a", S_IFDIR | 0755);
  const InodeId in_a = add(tree, a, "x", S_IFREG);
  const InodeId in_b = add(tree, b, "x", S_IFREG);
  tree.add_link(a, "z-too", z);
  tree.finish();
  const Numbering numbering = number_inodes(tree);
  BOOST_TEST(numbering.of_inode[0] == 2U);
  BOOST_TEST(numbering.order == (std::vector<InodeId>{a, b, z, in_a, in_b}),
             boost::test_tools::per_element());
  BOOST_TEST(numbering.of_inode[in_b] == 15U);
  BOOST_TEST(numbering.parent[a] == 0U);
}

BOOST_AUTO_TEST_CASE(blocks_fill_free_runs_in_order) {
  Tree tree;
  const InodeId file = add(tree, 0, "file", S_IFREG, 20 * 1024);
  tree.finish();
  auto demand = measure(tree, 1024, 1);
  BOOST_REQUIRE(demand.ok());
  BOOST_TEST(demand->needs.blocks == 1U + 20 + 1);  // root directory, data, one indirect block
  const Layout layout = lay_out(tree, std::move(*demand), two_runs(), 1);
  const Placement* placement = layout.placement(file);
  BOOST_REQUIRE(placement != nullptr);
  BOOST_TEST(placement->stream == 1U);
  const BlockMap map = map_placement(tree, *placement, 1024);
  const auto pointers = Pointers(layout.geometry, map, placement->stream).in_inode();
  for (unsigned i = 0; i < 9; ++i) BOOST_TEST(pointers[i] == 101 + i);
  for (unsigned i = 9; i < 12; ++i) BOOST_TEST(pointers[i] == 200 + i - 9);
  BOOST_TEST(pointers[12] == 203U);  // the indirect block lies before the data it leads to
  BOOST_TEST(pointers[13] == 0U);
  std::vector<std::byte> indirect(1024);
  Pointers(layout.geometry, map, placement->stream).fill_indirect(1, 12, indirect);
  BOOST_TEST(std::to_integer<int>(indirect[0]) == 204);
  BOOST_TEST(std::to_integer<int>(indirect[7 * 4]) == 211);
  BOOST_TEST(std::to_integer<int>(indirect[8 * 4]) == 0);
}

BOOST_AUTO_TEST_CASE(holes_take_no_blocks) {
  Tree tree;
  Inode inode;
  inode.mode = S_IFREG;
  inode.size = 1 << 20;
  const std::vector<Extent> ranges{{5000, 10}, {5100, 100}, {1 << 19, 1}};
  tree.set_content(inode, Content::Where::host, 0, ranges);
  tree.add(0, "file", inode);
  tree.finish();
  const auto demand = measure(tree, 1024, 1);
  BOOST_REQUIRE(demand.ok());
  // Both first ranges touch block 4 or 5; the third needs a single and a double indirect block.
  BOOST_TEST(demand->needs.blocks == 1U + 2 + 3);
}

BOOST_AUTO_TEST_CASE(what_ext2_cannot_hold_is_named) {
  Tree tree;
  add(tree, 0, "large", S_IFREG, 1ULL << 31);
  tree.finish();
  BOOST_TEST(refusal(tree, 0) == "large: 2 GiB or more, which revision 0 cannot hold");
  BOOST_TEST(refusal(tree, 1).empty());
  BOOST_TEST(measure(tree, 1024, 1)->needs.large_files);

  Tree huge;
  add(huge, 0, "huge", S_IFREG, 20ULL << 30);
  huge.finish();
  BOOST_TEST(refusal(huge) == "huge: too large for this block size");
  BOOST_TEST(measure(huge, 4096, 1).ok());

  Tree links;
  Inode link;
  link.mode = S_IFLNK | 0777;
  links.set_target(link, std::string(1024, 'x'));
  links.add(0, "link", link);
  links.finish();
  BOOST_TEST(refusal(links) == "link: symbolic link too long for a block");
  BOOST_TEST(measure(links, 2048, 1).ok());

  Tree many;
  const InodeId file = add(many, 0, "0", S_IFREG);
  for (int i = 1; i <= 32000; ++i) many.add_link(0, std::to_string(i), file);
  many.finish();
  BOOST_TEST(refusal(many) == "0: 32001 links, and ext2 allows 32000");
}

BOOST_AUTO_TEST_CASE(times_are_clamped_to_what_32_bits_hold) {
  TimeRule rule;
  BOOST_TEST(rule.stored(4102444800) == INT32_MAX);
  BOOST_TEST(rule.stored(-4102444800) == INT32_MIN);
  rule.latest = 1000;
  BOOST_TEST(rule.stored(2000) == 1000);
  BOOST_TEST(rule.stored(500) == 500);
  rule.all = 7;
  BOOST_TEST(rule.stored(500) == 7);
}
