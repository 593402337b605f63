// The upper on another disk: which one is named, by what it knows its root, and what boots make of
// one that is right, wrong, or not there.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <boost/test/unit_test.hpp>

#include "linuxrc/extroot.hpp"
#include "linuxrc/md5.hpp"
#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string hex(std::span<const unsigned char> sum) {
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : sum) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

constexpr const char* known = "overlay-extroot-known";

const FileSystem* fs_of(const World& world, const char* name) {
  for (const Disk& disk : world.kernel.disks)
    if (disk.name == name) return disk.fs;
  return nullptr;
}

// The upper that the extroot takes the place of.
void add_first_upper(World& world) {
  FileSystem& fs = world.kernel.tree.make_fs("ext4", makedev(254, 32), 0xef53);
  std::string head(4096, '\0');
  head.replace(1024 + 56, 2, "\x53\xef", 2);
  world.kernel.disks.push_back({makedev(254, 32), "vdb", &fs, 1000, 0, "", head});
}

}  // namespace

BOOST_AUTO_TEST_CASE(md5_as_the_rfc_has_it) {
  const auto sum = [](std::string_view text) { return hex(md5_of(bytes_of(text))); };
  BOOST_TEST(sum("") == "d41d8cd98f00b204e9800998ecf8427e");
  BOOST_TEST(sum("message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
  BOOST_TEST(sum("123456789012345678901234567890123456789012345678901234567890123456789012345678"
                 "90") == "57edf4a22be3c955ac49da2e2107b67a");
}

BOOST_AUTO_TEST_CASE(which_disk_an_fstab_names) {
  struct Row {
    const char* fstab;
    const char* name;
  };
  constexpr Row rows[] = {
      {"config mount\n\toption target '/overlay'\n\toption uuid 'ab-12'\n\toption enabled '1'\n",
       "UUID=ab-12"},
      {"config mount 'extroot'\n option uuid \"ab\"\n option target /overlay\n", "UUID=ab"},
      {"config mount\n option target '/overlay'\n option label 'my data'\n option device "
       "/dev/sda\n",
       "LABEL=my data"},
      {"config mount\n option device '/dev/sda1'\n option target '/overlay'\n option fstype ext4\n",
       "/dev/sda1:ext4"},
      {"config mount\n option device '/dev/sda1'\n option target '/overlay'\n option enabled '0'\n",
       ""},
      {"config mount\n option device '/dev/sda1'\n option target '/mnt'\n\n"
       "config mount\n option device '/dev/sdb1'\n option target '/overlay'\n"
       "config swap\n option device '/dev/sdc1'\n",
       "/dev/sdb1"},
      {"config swap\n option device '/dev/sda1'\n option target '/overlay'\n", ""},
      {"config mount\n option target '/overlay'\n", ""},
      {"# option target '/overlay'\n", ""},
      {"option\nconfig\n'", ""},
      {"", ""}};
  for (const Row& row : rows) BOOST_TEST(extroot_of_fstab(row.fstab).view() == row.name, row.fstab);
  const std::string long_name(200, 'x');
  BOOST_TEST(extroot_of_fstab("config mount\n option target /overlay\n option label " + long_name)
                 .empty());
}

BOOST_AUTO_TEST_CASE(how_a_root_is_called) {
  std::string squashfs(96, '\0');
  squashfs.replace(0, 4, "hsqs");
  // As md5sum has it of these bytes: 6d1b6cf7...
  const std::string sum = hex(md5_of(bytes_of(squashfs)));
  const std::string name =
      sum.substr(6, 2) + sum.substr(4, 2) + "-" + sum.substr(2, 2) + sum.substr(0, 2);
  squashfs += "what follows does not count";
  BOOST_TEST(root_uuid(bytes_of(squashfs)).view() == name);
  BOOST_TEST(root_uuid(bytes_of("hsqs")).empty());
  BOOST_TEST(root_uuid({}).empty());
}

BOOST_AUTO_TEST_CASE(a_new_one_is_claimed_and_its_owner_knows_it_again) {
  const Boot claimed(read_golden("overlay-extroot"));
  BOOST_TEST(name_of(claimed->outcome.end) == "init");
  BOOST_TEST(claimed.mounted_at("/overlay") == fs_of(*claimed, "sdb"));
  const Node* const record = Tree::find(*fs_of(*claimed, "sdb"), "/etc/.extroot-uuid");
  BOOST_REQUIRE(record != nullptr);
  BOOST_TEST(record->content == "01234567-89ab-cdef-0123-456789abcdef");
  const Boot again(read_golden(known), [](World& world) {
    Tree::find(*world.kernel.upper, "/etc/.extroot-uuid")->content =
        "01234567-89AB-CDEF-0123-456789abcdef\n";
  });
  BOOST_TEST(again.mounted_at("/overlay") == fs_of(*again, "sdb"));
  BOOST_TEST(!again->said("going on"));
}

BOOST_AUTO_TEST_CASE(another_roots_is_refused_and_the_first_upper_used) {
  const Boot boot(read_golden(known), [](World& world) {
    Tree::find(*world.kernel.upper, "/etc/.extroot-uuid")->content = "another";
    add_first_upper(world);
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot.mounted_at("/overlay") == fs_of(*boot, "vdb"));
  BOOST_TEST(boot->said("the extroot /dev/sdb belongs to the root another"));
  BOOST_TEST(boot->kernel.losses == std::vector<std::string>{"delete init of rootfs"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_trusted_is_refused) {
  const std::pair<const char*, Boot::Change> changes[] = {
      {"is absent",
       [](World& world) {
         std::erase_if(world.kernel.disks, [](const Disk& disk) { return disk.name == "sdb"; });
       }},
      {"no UUID by which", [](World& world) { world.kernel.disk(world.real->device)->head = ""; }},
      {"etc is no directory",
       [](World& world) { world.kernel.upper->root->children["etc"]->mode = S_IFLNK | 0777; }},
      {"is no file", [](World& world) {
         Tree::find(*world.kernel.upper, "/etc/.extroot-uuid")->mode = S_IFDIR | 0755;
       }}};
  for (const auto& [reason, change] : changes) {
    const Boot boot(read_golden(known), [&](World& world) {
      change(world);
      add_first_upper(world);
    });
    BOOST_TEST(name_of(boot->outcome.end) == "init", reason);
    BOOST_TEST(boot.mounted_at("/overlay") == fs_of(*boot, "vdb"), reason);
    BOOST_TEST(boot->said(reason), reason);
  }
}

BOOST_AUTO_TEST_CASE(mount_root_reads_openwrts_fstab) {
  const auto fstab = [](const char* path) {
    return [path](World& world) {
      world.kernel.tree.put(*world.kernel.upper, path, S_IFREG | 0644,
                            "config mount\n option target /overlay\n option device /dev/sdc\n");
      FileSystem& fs = world.kernel.tree.make_fs("ext4", makedev(8, 32), 0xef53);
      std::string head(4096, '\0');
      head.replace(1024 + 56, 2, "\x53\xef", 2);
      world.kernel.disks.push_back({makedev(8, 32), "sdc", &fs, 1000, 0, "", head});
      world.kernel.disk(world.facts().root_device)->head = head;
    };
  };
  const Boot boot(read_golden("overlay-mount-root"), fstab("/upper/etc/config/fstab"));
  BOOST_TEST(name_of(boot->outcome.end) == "exited");
  Place place;
  BOOST_REQUIRE(boot->kernel.tree.walk(boot->kernel.main.view, "/overlay", true, place) == 0);
  BOOST_TEST(place.mount->fs == fs_of(*boot, "sdc"));
  const Boot none(read_golden("overlay-mount-root"), fstab("/upper/etc/config/other"));
  BOOST_REQUIRE(none->kernel.tree.walk(none->kernel.main.view, "/overlay", true, place) == 0);
  BOOST_TEST(place.mount->fs == none->kernel.upper);
}
