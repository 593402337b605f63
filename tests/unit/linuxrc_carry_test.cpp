// What was changed in memory goes to the upper: every kind of file, and the overlay is laid anew.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "tests/linuxrc/boots.hpp"
#include "tests/linuxrc/invariants.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

const FileSystem* mounted_now(const World& world, std::string_view path) {
  Place place;
  const View& view = world.kernel.main.view;
  return world.kernel.tree.walk(view, path, true, place) == 0 ? place.mount->fs : nullptr;
}

std::string names_of(const Node& node) {
  std::string names;
  for (const auto& [name, child] : node.children) names += name + " ";
  return names;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_kind_of_change_is_carried_over) {
  const Boot boot(read_golden("overlay-carry"));
  BOOST_TEST(name_of(boot->outcome.end) == "exited");
  BOOST_TEST(boot->outcome.code == 0);
  const FileSystem& upper = *boot->kernel.upper;
  BOOST_TEST(names_of(*upper.root) == ".fs_state .linuxrc.lower upper work ");
  const Node& secret = *Tree::find(upper, "/upper/etc/secret");
  BOOST_TEST(secret.mode == (S_IFREG | 04600));
  BOOST_TEST(secret.owner == 1000U);
  BOOST_TEST(secret.group == 100U);
  BOOST_TEST(secret.modified_s == 1234567890);
  BOOST_TEST(secret.content == "only the owner's");
  BOOST_TEST(secret.attributes.at("user.note") == "kept");
  BOOST_TEST(secret.attributes.at("security.capability").size() == 3U);
  const Node& gone = *Tree::find(upper, "/upper/etc/gone");
  BOOST_TEST((S_ISCHR(gone.mode) && gone.device == 0));
  BOOST_TEST(Tree::find(upper, "/upper/etc/config")->attributes.at("trusted.overlay.opaque") ==
             "y");
  BOOST_TEST(Tree::find(upper, "/upper/etc/holes")->content == std::string(300, '\0'));
  BOOST_TEST(Tree::find(upper, "/upper/bin/one") == Tree::find(upper, "/upper/bin/other"));
  BOOST_TEST(Tree::find(upper, "/.fs_state")->content == "2");
  BOOST_TEST(broken_promises(*boot) == std::vector<std::string>{},
             boost::test_tools::per_element());
  BOOST_TEST(mounted_now(*boot, "/") == boot->kernel.overlay);
  BOOST_TEST(mounted_now(*boot, "/overlay") == boot->kernel.upper);
  BOOST_TEST(mounted_now(*boot, "/rom") == boot->image);
  BOOST_TEST(mounted_now(*boot, "/mnt/usb")->type == "vfat");
  BOOST_TEST(mounted_now(*boot, "/proc") == boot->kernel.proc);
}

// OpenWrt's scripts look there, and after it is carried over find nothing there any more.
BOOST_AUTO_TEST_CASE(memory_in_tmp_is_carried_over_and_gone) {
  const Boot boot(read_golden("overlay-carry-tmp"));
  BOOST_TEST(boot->outcome.code == 0);
  BOOST_TEST(Tree::find(*boot->kernel.upper, "/upper/etc/secret") != nullptr);
  BOOST_TEST(mounted_now(*boot, "/") == boot->kernel.overlay);
  BOOST_TEST(mounted_now(*boot, "/overlay") == boot->kernel.upper);
  BOOST_TEST(mounted_now(*boot, "/rom") == boot->image);
  BOOST_TEST(mounted_now(*boot, "/tmp") == boot->kernel.tmp);
  BOOST_TEST(mounted_now(*boot, "/tmp/root") == boot->kernel.tmp);
  BOOST_TEST(broken_promises(*boot) == std::vector<std::string>{},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_somebody_makes_in_tmp_is_not_carried_over) {
  const Boot boot(read_golden("overlay-carry-tmp"), [](World& world) {
    for (Mount& mount : world.kernel.tree.mounts())
      if (mount.fs == world.memory) mount.attached = false;
    world.kernel.tree.put(*world.kernel.tmp, "/root/.linuxrc.waits", S_IFLNK | 0777, "x");
  });
  BOOST_TEST(Tree::find(*boot->kernel.upper, "/upper/etc/secret") == nullptr);
}

BOOST_AUTO_TEST_CASE(an_uppers_own_changes_stay_what_they_are) {
  const Boot boot(read_golden("overlay-carry-used"));
  BOOST_TEST(boot->outcome.code == 0);
  const FileSystem& upper = *boot->kernel.upper;
  BOOST_TEST(Tree::find(upper, "/upper/etc/passwd")->content == "changed");
  BOOST_TEST(Tree::find(upper, "/upper/etc/secret") == nullptr);
  BOOST_TEST(Tree::find(upper, "/upper.memory/etc/secret") != nullptr);
  BOOST_TEST(mounted_now(*boot, "/") == boot->kernel.overlay);
}

BOOST_AUTO_TEST_CASE(without_an_upper_all_stays_as_it_is) {
  const Boot boot(read_golden("overlay-carry"), [](World& world) {
    world.kernel.flash = nullptr;
    world.kernel.disks.back().fs = nullptr;
  });
  BOOST_TEST(boot->outcome.code == 1);
  // The last line has the cause, too: where the boot is quiet it is the only one to be seen.
  BOOST_TEST(
      boot->said("linuxrc: the upper mtd:rootfs_data is corrupt: mount root mtd:rootfs_data on "
                 "/rom/mnt/overlay as jffs2: No such device"));
  BOOST_TEST(mounted_now(*boot, "/") == boot->running);
  BOOST_TEST(boot->is_as_before());
}

BOOST_AUTO_TEST_CASE(a_whole_copy_that_was_cut_short_becomes_the_upper) {
  const auto copy = [](World& world) {
    world.kernel.tree.put(*world.kernel.upper, "/upper.new/etc/hosts", S_IFREG | 0644, "carried");
  };
  const Boot whole(read_golden("overlay-copied"), [&](World& world) {
    world.kernel.upper->root->children.erase("upper");
    copy(world);
  });
  BOOST_TEST(name_of(whole->outcome.end) == "init");
  BOOST_TEST(Tree::find(*whole->kernel.upper, "/upper/etc/hosts")->content == "carried");
  const Boot half(read_golden("overlay-copied"), [&](World& world) {
    world.kernel.upper->root->children.erase("upper");
    world.kernel.tree.put(*world.kernel.upper, "/upper", S_IFDIR | 0755);
    copy(world);
  });
  BOOST_TEST(name_of(half->outcome.end) == "init");
  BOOST_TEST(Tree::find(*half->kernel.upper, "/upper/etc") == nullptr);
  BOOST_TEST(Tree::find(*half->kernel.upper, "/upper.new/etc") == nullptr);
}
