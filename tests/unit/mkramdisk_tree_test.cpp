#include <boost/test/unit_test.hpp>

#include "mkramdisk/tree.hpp"
#include "mkramdisk/tree_merge.hpp"

using mkramdisk::EntryId;
using mkramdisk::Inode;
using mkramdisk::InodeId;
using mkramdisk::none;
using mkramdisk::Tree;

namespace {

Inode make(std::uint32_t mode) {
  Inode inode;
  inode.mode = mode;
  return inode;
}

InodeId add(Tree& tree, InodeId parent, const char* name, std::uint32_t mode) {
  return tree.entries[tree.add(parent, name, make(mode))].inode;
}

std::string names(const Tree& tree, InodeId directory) {
  std::string all;
  for (const mkramdisk::Entry& entry : tree.entries_of(tree.inodes[directory]))
    all += std::string(tree.text, entry.text, entry.length) + " ";
  return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(names_sort_by_their_bytes) {
  Tree tree;
  for (const char* name : {"b", "B", "a\xff", "a", "ab", "."}) add(tree, 0, name, S_IFREG);
  tree.finish();
  BOOST_TEST(names(tree, 0) == ". B a ab a\xff b ");
}

BOOST_AUTO_TEST_CASE(directories_count_links) {
  Tree tree;
  const InodeId folder = add(tree, 0, "folder", S_IFDIR | 0755);
  add(tree, folder, "below", S_IFDIR | 0755);
  const InodeId file = add(tree, folder, "file", S_IFREG);
  tree.add_link(0, "again", file);
  BOOST_TEST(tree.inodes[0].links == 3U);
  BOOST_TEST(tree.inodes[folder].links == 3U);
  BOOST_TEST(tree.inodes[file].links == 2U);
  tree.remove(tree.find(0, "folder"));
  BOOST_TEST(tree.inodes[0].links == 2U);
}

BOOST_AUTO_TEST_CASE(finds_before_and_after_finishing) {
  Tree tree;
  const InodeId folder = add(tree, 0, "folder", S_IFDIR | 0755);
  const InodeId file = add(tree, folder, "file", S_IFREG);
  BOOST_TEST(mkramdisk::find_path(tree, "/folder//file") == file);
  tree.finish();
  BOOST_TEST(mkramdisk::find_path(tree, "folder/./file/") == file);
  const InodeId late = add(tree, folder, "a-late-one", S_IFREG);
  BOOST_TEST(mkramdisk::find_path(tree, "folder/a-late-one") == late);
  BOOST_TEST(mkramdisk::find_path(tree, "folder/file/below") == none);
  BOOST_TEST(mkramdisk::find_path(tree, "folder/..") == none);
  tree.finish();
  BOOST_TEST(names(tree, folder) == "a-late-one file ");
  BOOST_TEST(tree.path_of(late) == "folder/a-late-one");
  BOOST_TEST(tree.path_of(late, folder) == "a-late-one");
}

BOOST_AUTO_TEST_CASE(the_name_of_an_inode_survives_the_loss_of_one) {
  Tree tree;
  const InodeId file = add(tree, 0, "first", S_IFREG);
  tree.add_link(0, "second", file);
  tree.remove(tree.find(0, "first"));
  BOOST_TEST(tree.path_of(file) == "second");
  tree.finish();
  BOOST_TEST(names(tree, 0) == "second ");
  BOOST_TEST(tree.path_of(file) == "second");
}

BOOST_AUTO_TEST_CASE(a_directory_merges_and_anything_else_is_replaced) {
  Tree tree;
  const InodeId folder = add(tree, 0, "x", S_IFDIR | 0755);
  add(tree, folder, "kept", S_IFREG);
  BOOST_TEST(mkramdisk::put_entry(tree, 0, "x", make(S_IFDIR | 0700)) == folder);
  BOOST_TEST((tree.inodes[folder].mode & 07777U) == 0700U);
  BOOST_TEST(mkramdisk::find_path(tree, "x/kept") != none);
  const InodeId file = mkramdisk::put_entry(tree, 0, "x", make(S_IFREG));
  BOOST_TEST(mkramdisk::find_path(tree, "x") == file);
  tree.finish();
  BOOST_TEST(names(tree, 0) == "x ");
  BOOST_TEST(tree.inodes[0].links == 2U);
}

BOOST_AUTO_TEST_CASE(missing_folders_are_made_unless_something_is_in_the_way) {
  Tree tree;
  const auto made = mkramdisk::make_directories(tree, "/a/b/", 7);
  BOOST_REQUIRE(made.ok());
  BOOST_TEST(tree.path_of(*made) == "a/b");
  BOOST_TEST(tree.inodes[*made].mtime == 7);
  add(tree, *made, "file", S_IFREG);
  const auto failed = mkramdisk::make_directories(tree, "/a/b/file/c", 7);
  BOOST_REQUIRE(!failed.ok());
  BOOST_TEST(failed.error().exit_code() == 3);
  BOOST_TEST(std::string(failed.error().text()) == "/a/b/file/c: a/b/file is not a directory");
}
