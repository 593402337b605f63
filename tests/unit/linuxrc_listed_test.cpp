// Another firmware's changes: what sysupgrade's lists name is kept, and the rest is set aside.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "linuxrc/keep_list.hpp"
#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

constexpr mode_t file_mode = S_IFREG | 0644;

void put(World& world, const char* path, std::string_view text) {
  world.kernel.tree.put(*world.kernel.upper, path, file_mode, text);
}

std::string text_of(const World& world, const char* path) {
  const Node* const node = Tree::find(*world.kernel.upper, path);
  return node == nullptr ? "absent" : node->content;
}

}  // namespace

BOOST_AUTO_TEST_CASE(lines_of_a_list) {
  BOOST_TEST(kept_path("/etc/config/") == "etc/config");
  BOOST_TEST(kept_path("  /etc/passwd \t\r") == "etc/passwd");
  BOOST_TEST(kept_path("//etc//") == "etc");
  for (const char* line : {"", " ", "# /etc", "etc/config", "/", "/etc/../root", "/..", "/./etc"})
    BOOST_TEST(kept_path(line) == "", line);
}

BOOST_AUTO_TEST_CASE(names_as_the_shell_matches_them) {
  for (const char* pattern : {"*", "*.conf", "s*.c*f", "?erver.conf", "server.conf", "s**f"})
    BOOST_TEST(matches(pattern, "server.conf"), pattern);
  for (const char* pattern : {"", "*.con", "?server.conf", "server.conf?", "x*"})
    BOOST_TEST(!matches(pattern, "server.conf"), pattern);
  BOOST_TEST(!matches("*", ".hidden"));
  BOOST_TEST(matches(".*", ".hidden"));
}

BOOST_AUTO_TEST_CASE(listed_files_are_kept_and_no_others) {
  const Boot boot(read_golden("overlay-foreign-listed"), [](World& world) {
    Tree& tree = world.kernel.tree;
    tree.put(*world.real, "/etc/sysupgrade.conf", file_mode, "/etc/delivered-list\n");
    tree.put(*world.real, "/lib/upgrade/keep.d/base", file_mode,
             "/etc/config/\n/etc/shadow\n/etc/missing\n/etc/gone\n/root/link/file\n");
    put(world, "/upper/lib/upgrade/keep.d/mine", "/etc/ssh/*.key\n/etc/config/network\n");
    put(world, "/upper/etc/sysupgrade.conf", "# mine\n/etc/passwd\n");
    put(world, "/upper/etc/delivered-list", "another list is in force");
    put(world, "/upper/etc/config/network", "lan");
    put(world, "/upper/etc/config/sub/deep", "deep");
    put(world, "/upper/etc/ssh/host.key", "secret");
    put(world, "/upper/etc/ssh/host.pub", "public");
    put(world, "/upper/usr/bin/tool", "old program");
    tree.put(*world.kernel.upper, "/upper/etc/gone", S_IFCHR).device = 0;
    // Its owner alone was changed: there are no contents in the upper.
    put(world, "/upper/etc/config/owned", std::string(9, '\0'));
    Tree::find(*world.kernel.upper, "/upper/etc/config/owned")->attributes = {
        {"trusted.overlay.metacopy", ""}};
    tree.put(*world.kernel.upper, "/upper/root/link", S_IFLNK | 0777, "/etc");
    Node& config = *Tree::find(*world.kernel.upper, "/upper/etc/config");
    config.attributes = {{"trusted.overlay.opaque", "y"}, {"user.note", "kept"}};
    config.owner = 7;
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->outcome.view.root.mount->fs == boot->kernel.overlay);
  BOOST_TEST(text_of(*boot, "/upper/etc/passwd") == "changed");
  BOOST_TEST(text_of(*boot, "/upper/etc/config/network") == "lan");
  BOOST_TEST(text_of(*boot, "/upper/etc/config/sub/deep") == "deep");
  BOOST_TEST(text_of(*boot, "/upper/etc/ssh/host.key") == "secret");
  for (const char* path :
       {"/upper/etc/ssh/host.pub", "/upper/usr", "/upper/.hidden", "/upper/etc/gone",
        "/upper/etc/delivered-list", "/upper/etc/config/owned", "/upper/root", "/upper.new",
        "/upper.new.links"})
    BOOST_TEST(text_of(*boot, path) == "absent", path);
  const Node& config = *Tree::find(*boot->kernel.upper, "/upper/etc/config");
  BOOST_TEST(config.attributes.size() == 1U);
  BOOST_TEST(config.owner == 7U);
  BOOST_TEST(text_of(*boot, "/upper.1/usr/bin/tool") == "old program");
  BOOST_TEST(text_of(*boot, "/.linuxrc.lower") == "build:r101");
  BOOST_TEST(text_of(*boot, "/.fs_state") == "2");
}

BOOST_AUTO_TEST_CASE(cut_short_after_the_old_upper_is_aside_the_copy_is_taken) {
  const Boot boot(read_golden("overlay-foreign-listed"), [](World& world) {
    auto& root = world.kernel.upper->root->children;
    root["upper.1"] = root["upper"];
    root.erase("upper");
    put(world, "/upper.new/etc/passwd", "kept");
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(text_of(*boot, "/upper/etc/passwd") == "kept");
  BOOST_TEST(text_of(*boot, "/upper.1/etc/passwd") == "changed");
  BOOST_TEST(text_of(*boot, "/upper.2") == "absent");
  BOOST_TEST(text_of(*boot, "/.linuxrc.lower") == "build:r101");
}

BOOST_AUTO_TEST_CASE(cut_short_with_nothing_to_be_kept_a_fresh_upper_begins) {
  const Boot boot(read_golden("overlay-foreign-listed"), [](World& world) {
    auto& root = world.kernel.upper->root->children;
    root["upper.1"] = root["upper"];
    root.erase("upper");
    world.kernel.tree.put(*world.kernel.upper, "/upper.new", S_IFDIR | 0755);
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot.mounted_at("/overlay") == boot->kernel.upper);
  BOOST_TEST(text_of(*boot, "/upper.1/etc/passwd") == "changed");
  BOOST_TEST(text_of(*boot, "/.linuxrc.lower") == "build:r101");
}
