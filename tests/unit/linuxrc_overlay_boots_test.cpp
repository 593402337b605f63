// What boots against the fake kernel make of an overlay's upper.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

constexpr const char* first_boot =
    "pid=1\nroot_device=0:2\nroot_in_memory=yes\nkernel=7.2.0\nnew_root.dev=yes\n"
    "overlay.lower=build:r100\noverlay.found=yes\noverlay.contents=ext\noverlay.mounted=yes\n";
const std::string used = std::string(first_boot) + "overlay.used=yes\noverlay.mark=2\n";
constexpr const char* words = "cmdline=root=/dev/vda ro linuxrc.overlay=/dev/vdb ";

std::string link(const World& world, const char* name) {
  const Node* const node = Tree::find(*world.kernel.upper, name);
  return node == nullptr ? "" : node->content;
}

bool holds(const World& world, const char* path) {
  return Tree::find(*world.kernel.upper, path) != nullptr;
}

// The first call of the plain boot that is about `text` fails.
Fault fault_of(const Boot& plain, Call call, std::string_view text, int error) {
  for (const Traced& traced : plain->sys.trace)
    if (traced.call == call && traced.text.find(text) != std::string::npos)
      return {call, traced.occurrence, error};
  BOOST_FAIL("no such call: " << text);
  return {};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_first_boot_records_and_marks_before_init_runs) {
  const Boot boot(std::string(first_boot) + words);
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->outcome.view.root.mount->fs == boot->kernel.overlay);
  BOOST_TEST(boot.mounted_at("/rom") == boot->real);
  BOOST_TEST(boot.mounted_at("/overlay") == boot->kernel.upper);
  BOOST_TEST(link(*boot, "/.fs_state") == "2");
  BOOST_TEST(link(*boot, "/.linuxrc.lower") == "build:r100");
  BOOST_TEST(boot->kernel.losses == std::vector<std::string>{"delete init of rootfs"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_reset_deletes_all_but_sysupgrades_file) {
  const Boot boot(used + words + "linuxrc.reset\n", [](World& world) {
    world.kernel.tree.put(*world.kernel.upper, "/sysupgrade.tgz", S_IFREG | 0600, "kept");
    world.kernel.tree.put(*world.kernel.upper, "/.secret/file", S_IFREG | 0600, "gone");
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(!holds(*boot, "/.secret"));
  BOOST_TEST(!holds(*boot, "/upper/etc"));
  BOOST_TEST(holds(*boot, "/upper/sysupgrade.tgz"));
  BOOST_TEST(link(*boot, "/.fs_state") == "2");
}

BOOST_AUTO_TEST_CASE(a_file_on_a_medium_asks_for_a_reset) {
  const std::string text = used + words + "linuxrc.reset.media=/dev/sdb\n";
  const auto stick = [](const char* file) {
    return [file](World& world) {
      FileSystem& fs = world.kernel.tree.make_fs("ext2", makedev(8, 16), 0xef53);
      world.kernel.tree.put(fs, file, S_IFREG | 0644);
      world.kernel.disks.push_back({makedev(8, 16), "sdb", &fs, 1000, 0, ""});
    };
  };
  const Boot asked(text, stick("/factory-reset"));
  BOOST_TEST(asked->said("/dev/sdb has a file factory-reset"));
  BOOST_TEST(!holds(*asked, "/upper/etc"));
  const Boot not_asked(text, stick("/holiday.jpg"));
  BOOST_TEST(holds(*not_asked, "/upper/etc/passwd"));
  const Boot no_stick(text);
  BOOST_TEST(name_of(no_stick->outcome.end) == "init");
  BOOST_TEST(holds(*no_stick, "/upper/etc/passwd"));
}

BOOST_AUTO_TEST_CASE(another_firmware_is_said_and_deletes_nothing) {
  const std::string foreign =
      used + "overlay.lower_recorded=yes\noverlay.lower_differs=yes\n" + words;
  const Boot kept(foreign);
  BOOST_TEST(kept->said("the upper is foreign: used as it is"));
  BOOST_TEST(holds(*kept, "/upper/etc/passwd"));
  BOOST_TEST(link(*kept, "/.linuxrc.lower") == "build:r100");
  const Boot aside(foreign + "linuxrc.overlay.foreign=quarantine\n");
  BOOST_TEST(holds(*aside, "/upper.1/etc/passwd"));
  BOOST_TEST(!holds(*aside, "/upper/etc"));
  const Boot memory(foreign + "linuxrc.overlay.foreign=tmpfs\n");
  BOOST_TEST(memory->said("gone with the next boot"));
  BOOST_TEST(link(*memory, "/.linuxrc.lower") == "build:another");
}

BOOST_AUTO_TEST_CASE(without_overlay_in_the_kernel_the_root_is_used_as_it_is) {
  const Boot boot(used + words,
                  [](World& world) { std::erase(world.kernel.types, "nodev\toverlay"); });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->outcome.view.root.mount->fs == boot->real);
  BOOST_TEST(boot->said("no overlay is laid: this kernel has no overlay in /proc/filesystems"));
  BOOST_TEST(holds(*boot, "/upper/etc/passwd"));
}

// Where the mark that asks for a reset stays, what is changed now would be deleted by the next
// boot.
BOOST_AUTO_TEST_CASE(a_reset_whose_mark_cannot_be_taken_away_is_not_used) {
  const Boot boot(used + words + "linuxrc.reset\n", [](World& world) {
    // The first says that a reset is under way, the second that it is done.
    world.sys.faults = {{Call::symlink, 3, ENOSPC}};
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(link(*boot, "/.fs_state") == "1");
  BOOST_TEST(boot->said("gone with the next boot"));
  BOOST_TEST(boot.mounted_at("/overlay") != boot->kernel.upper);
}

// Where the name of the other root stays, the next boot would set aside what is changed now.
BOOST_AUTO_TEST_CASE(an_upper_set_aside_without_a_new_record_is_not_used) {
  const std::string text = used + "overlay.lower_recorded=yes\noverlay.lower_differs=yes\n" + words;
  const auto full = [](World& world) {
    // The name of the root, and then the mark.
    world.sys.faults = {{Call::symlink, 1, ENOSPC}};
  };
  const Boot boot(text + "linuxrc.overlay.foreign=quarantine\n", full);
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(holds(*boot, "/upper.1/etc/passwd"));
  BOOST_TEST(link(*boot, "/.linuxrc.lower") == "build:another");
  BOOST_TEST(boot->said("gone with the next boot"));
  BOOST_TEST(boot.mounted_at("/overlay") != boot->kernel.upper);
}

BOOST_AUTO_TEST_CASE(a_firmware_whose_name_cannot_be_read_is_no_other) {
  const std::string text = used + "overlay.lower_recorded=yes\noverlay.root_uuid=" +
                           "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0\n" + words +
                           "linuxrc.overlay.foreign=reset\n";
  const Boot plain(text);
  BOOST_TEST(link(*plain, "/.linuxrc.lower") == "build:r100");
  const Fault fault = fault_of(plain, Call::open, "/etc/os-release", EIO);
  const Boot boot(text, [&](World& world) { world.sys.faults = {fault}; });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->said("/etc/os-release: Input/output error"));
  BOOST_TEST(holds(*boot, "/upper/etc/passwd"));
  BOOST_TEST(link(*boot, "/.linuxrc.lower") == "build:r100");
  BOOST_TEST(boot.mounted_at("/overlay") == boot->kernel.upper);
}

BOOST_AUTO_TEST_CASE(a_kernel_that_does_not_know_of_an_index_is_not_told) {
  const Boot plain(used + words);
  const Fault fault = fault_of(plain, Call::mount, "overlayfs:", EINVAL);
  const Boot boot(used + words, [&](World& world) { world.sys.faults = {fault}; });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->outcome.view.root.mount->fs == boot->kernel.overlay);
  BOOST_TEST(boot.mounted_at("/overlay") == boot->kernel.upper);
}

BOOST_AUTO_TEST_CASE(two_devices_of_one_label_are_both_left_alone) {
  const std::string text = used + "cmdline=root=/dev/vda ro linuxrc.overlay=LABEL=data\n";
  const auto named = [](World& world) {
    for (Disk& disk : world.kernel.disks)
      if (disk.fs == world.kernel.upper)
        disk.head.replace(1024 + 0x78, 16, "data" + std::string(12, '\0'));
  };
  const Boot one(text, named);
  BOOST_TEST(one.mounted_at("/overlay") == one->kernel.upper);
  const Boot two(text, [&](World& world) {
    named(world);
    Disk copy = *std::find_if(world.kernel.disks.begin(), world.kernel.disks.end(),
                              [&](const Disk& disk) { return disk.fs == world.kernel.upper; });
    copy.device = makedev(254, 32);
    copy.name = "vdc";
    world.kernel.disks.push_back(copy);
  });
  BOOST_TEST(two->said("LABEL=data is 254:16 and 254:32"));
  BOOST_TEST(two->said("gone with the next boot"));
  BOOST_TEST(two.mounted_at("/overlay") != two->kernel.upper);
}

BOOST_AUTO_TEST_CASE(a_work_directory_that_cannot_be_emptied_gives_its_place_to_another) {
  const Boot boot(used + "overlay.stale_work=yes\n" + words, [](World& world) {
    world.sys.faults = {{Call::rmdir, 1, EIO}, {Call::rmdir, 2, EIO}};
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(holds(*boot, "/work.1/work"));
  BOOST_TEST(holds(*boot, "/work"));
  BOOST_TEST(!holds(*boot, "/work/work"));
  BOOST_TEST(boot.mounted_at("/overlay") == boot->kernel.upper);
}

BOOST_AUTO_TEST_CASE(no_overlay_is_laid_over_another) {
  const Boot boot(read_golden("overlay-mount-root"), [](World& world) {
    for (Mount& mount : world.kernel.tree.mounts())
      if (mount.fs == world.image) mount.fs->magic = 0x794c7630;
  });
  BOOST_TEST(name_of(boot->outcome.end) == "returned");
  BOOST_TEST(boot->outcome.code == 1);
  BOOST_TEST(boot->said("no overlay is laid: / is another overlay already"));
  BOOST_TEST(boot->is_as_before());
}

// linuxrc as /init of an initramfs has laid it, and init=/linuxrc runs on it with the same words.
BOOST_AUTO_TEST_CASE(init_linuxrc_on_an_overlay_lays_no_other_and_is_not_degraded) {
  const Boot boot(
      "pid=1\nroot_device=1:0\nkernel=7.2.0\n"
      "cmdline=root=/dev/ram0 rw init=/linuxrc linuxrc.overlay=tmpfs\n",
      [](World& world) {
        for (Mount& mount : world.kernel.tree.mounts())
          if (mount.fs == world.image) mount.fs->magic = 0x794c7630;
      });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->said("/ is an overlay already: no other is laid over it"));
  BOOST_TEST(!boot->said("going on"));
  BOOST_TEST(boot->outcome.view.root.mount->fs == boot->image);
}
