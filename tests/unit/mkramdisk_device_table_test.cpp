#include <boost/test/unit_test.hpp>

#include "mkramdisk/device_table.hpp"
#include "mkramdisk/tree_merge.hpp"

using namespace mkramdisk;

namespace {

std::string apply(Tree& tree, const std::string& text, TableForm form = TableForm::automatic) {
  const auto table = parse_device_table(text, "table");
  if (!table) return table.error().text();
  TableContext context;
  context.name = "table";
  context.form = form;
  context.passwd = "root:x:0:0::/:\nftp:x:14:50::/:\n";
  context.group = "root:x:0:\nftp:x:50:\n";
  const auto status = apply_device_table(*table, context, tree);
  tree.finish();
  return status ? "" : status.error().text();
}

std::string names(const Tree& tree, const char* directory) {
  std::string all;
  for (const Entry& entry : tree.entries_of(tree.inodes[find_path(tree, directory)]))
    all += std::string(tree.text, entry.text, entry.length) + " ";
  return all;
}

const Inode& at(const Tree& tree, const char* path) {
  const InodeId id = find_path(tree, path);
  BOOST_REQUIRE(id != none);
  return tree.inodes[id];
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_example_of_genext2fs) {
  Tree tree;
  BOOST_TEST(apply(tree,
                   "# name    type mode uid gid major minor start inc count\n\n"
                   "/dev      d    755  0    0    -    -    -    -    -\n"
                   "/dev/mem  c    640  0    0    1    1    0    0    -\n"
                   "/dev/tty  c    666  0    0    5    0    0    0    -\n"
                   "/dev/tty  c    666  0    0    4    0    0    1    6\n"
                   "/dev/loop b    640  0    0    7    0    0    1    2\n"
                   "/dev/hda  b    640  0    0    3    0    0    0    -\n"
                   "/dev/hda  b    640  0    0    3    1    1    1    16\n"
                   "/dev/log  s    666  0    0    -    -    -    -    -\n") == "");
  BOOST_TEST(names(tree, "dev") ==
             "hda hda1 hda10 hda11 hda12 hda13 hda14 hda15 hda2 hda3 hda4 hda5 hda6 hda7 hda8 hda9 "
             "log loop0 loop1 mem tty tty0 tty1 tty2 tty3 tty4 tty5 ");
  BOOST_TEST(at(tree, "dev/hda15").minor == 15U);
  BOOST_TEST(at(tree, "dev/hda15").major == 3U);
  BOOST_TEST(at(tree, "dev/tty").major == 5U);
  BOOST_TEST(at(tree, "dev/log").is(S_IFSOCK));
  BOOST_TEST(at(tree, "dev/mem").mode == (S_IFCHR | 0640U));
}

BOOST_AUTO_TEST_CASE(the_example_of_makedevs) {
  Tree tree;
  BOOST_TEST(apply(tree,
                   "/dev d 755 root root - - - - -\n"
                   "/dev/hda b 640 0 0 3 1 1 1 15\n"
                   "/dev/gps b 640 0 0 251 0 1 1 5\n"
                   "/dev/uio b 640 0 0 252 1 6 2 5\n"
                   "/dev/one c 640 0 0 9 9 3 1 1\n"
                   "/ftp d 755 ftp ftp - - - - -\n"
                   "/missing F 755 0 0 - - - - -\n") == "");
  BOOST_TEST(
      names(tree, "dev") ==
      "gps1 gps2 gps3 gps4 gps5 hda1 hda10 hda11 hda12 hda13 hda14 hda15 hda2 hda3 hda4 hda5 "
      "hda6 hda7 hda8 hda9 one uio10 uio6 uio7 uio8 uio9 ");
  BOOST_TEST(at(tree, "dev/gps1").minor == 0U);
  BOOST_TEST(at(tree, "dev/uio10").minor == 9U);
  BOOST_TEST(at(tree, "ftp").uid == 14U);
  BOOST_TEST(at(tree, "ftp").gid == 50U);
}

BOOST_AUTO_TEST_CASE(the_two_forms_count_differently) {
  for (const TableForm form : {TableForm::genext2fs, TableForm::buildroot}) {
    Tree tree;
    BOOST_TEST(apply(tree, "/x b 640 0 0 3 1 2 1 4\n", form) == "");
    BOOST_TEST(names(tree, "/") == (form == TableForm::genext2fs ? "x2 x3 " : "x2 x3 x4 x5 "));
  }
}

BOOST_AUTO_TEST_CASE(what_is_there_is_changed) {
  Tree tree;
  Inode file;
  file.mode = S_IFREG | 0644;
  file.size = 5;
  tree.add(0, "shadow", file);
  BOOST_TEST(apply(tree, "/shadow f 4600 1 2 - - - - -\n") == "");
  BOOST_TEST(at(tree, "shadow").mode == (S_IFREG | 04600U));
  BOOST_TEST(at(tree, "shadow").uid == 1U);
  BOOST_TEST(at(tree, "shadow").size == 5U);
  BOOST_TEST(apply(tree, "/ r -1 7 8 - - - - -\n") == "");
  BOOST_TEST(at(tree, "shadow").mode == (S_IFREG | 04600U));
  BOOST_TEST(at(tree, "shadow").gid == 8U);
  BOOST_TEST(at(tree, "/").uid == 7U);
}

BOOST_AUTO_TEST_CASE(mistakes_are_named_with_their_line) {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"/x\n", "table:1: wanted are a name and a type of one letter"},
      {"#\n/x q\n", "table:2: unknown type; known are d, f, F, r, c, b, p, s and l"},
      {"/x d 99", "table:1: bad mode"},
      {"/x d 77777", "table:1: bad mode"},
      {"/x c 666 0 0 4096 0", "table:1: major number over 4095"},
      {"/x c 666 0 0 1 1048576", "table:1: /x: minor number over 1048575"},
      {"/x c 666 0 0 1 1048570 0 1 9", "table:1: /x: minor number over 1048575"},
      {"/x c 666 0 0 one", "table:1: bad number"},
      {"/x c 666 0 0 1 2 3 4 5 6", "table:1: too many fields"},
      {"/x d 755 nobody 0", "table:1: /x: no user nobody"},
      {"/x f 755 0 0", "table:1: /x: no such regular file"},
      {"/x/.. d 755 0 0", "table:1: /x/..: not a name for a file"},
      {"/x l 777 0 0", "table:1: a symbolic link wants its target in place of the device number"},
  };
  for (const auto& one : cases) {
    Tree tree;
    BOOST_TEST(apply(tree, one.text) == one.message);
  }
}
