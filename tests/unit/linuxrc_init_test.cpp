// What is taken for the new root's init, and what of the roots is taken for what it seems: links
// and names. Which files can be executed is in linuxrc_executable_test.cpp.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

std::string pivot(const std::string& words = "") {
  return "pid=1\nroot_device=1:0\nkernel=7.2.0\nnew_root.put_old=mnt\nnew_root.dev=yes\n"
         "cmdline=root=/dev/ram0 init=/linuxrc real_root=/dev/vda " +
         words + "\n";
}

// Makes /sbin/init of the real root what `mode` and `content` say.
Boot::Change init_is(mode_t mode, const std::string& content) {
  return [=](World& world) {
    Node& init = world.kernel.tree.put(*world.real, "/sbin/init", mode, content);
    init.mode = mode;
    init.content = content;
  };
}

bool nothing_moved(const Boot& boot) {
  return boot->is_as_before() && std::ranges::none_of(boot->sys.trace, [](const Traced& call) {
           return call.call == Call::pivot_root;
         });
}

}  // namespace

BOOST_AUTO_TEST_CASE(links_of_the_new_root_are_followed_inside_of_it) {
  const Boot boot(pivot(), [](World& world) {
    Tree& tree = world.kernel.tree;
    init_is(S_IFLNK | 0777, "/lib/real-init")(world);
    tree.put(*world.real, "/lib/real-init", S_IFREG | 0755, Kernel::elf_program(""));
  });
  BOOST_TEST(boot->outcome.path == "/sbin/init");
  // What the link names is only on the image: from the new root it leads nowhere.
  const Boot outside(pivot("real_init=/sbin/init"), [](World& world) {
    init_is(S_IFLNK | 0777, "/lib/real-init")(world);
    world.kernel.tree.put(*world.image, "/lib/real-init", S_IFREG | 0755, Kernel::elf_program(""));
  });
  BOOST_TEST(outside->said("FAILED: requested init /sbin/init: No such file or directory"));
  BOOST_TEST(nothing_moved(outside));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_executed_is_told_before_anything_is_moved) {
  const std::string program = Kernel::elf_program("");
  struct Row {
    mode_t mode;
    std::string content;
    const char* why;
  };
  const Row rows[] = {
      {S_IFREG | 0644, program, "not executable"},
      {S_IFDIR | 0755, "", "not a regular file"},
      {S_IFREG | 0755, "init\n", "neither an ELF program nor a #! script"},
      {S_IFREG | 0755, "#!\n", "#! names no interpreter"},
      {S_IFREG | 0755, "#! /bin/perl -w\n", "needs the interpreter /bin/perl"},
      {S_IFREG | 0755, Kernel::elf_program("/lib/ld-other.so"), "needs the interpreter"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.why) {
      const Boot boot(pivot("real_init=/sbin/init"), init_is(row.mode, row.content));
      BOOST_TEST(boot->said("FAILED: requested init /sbin/init"));
      BOOST_TEST(boot->said(row.why));
      BOOST_TEST(nothing_moved(boot));
      BOOST_TEST(boot->outcome.view.root.mount->fs == boot->image);
    }
  }
}

// It has another name once the roots have changed places.
BOOST_AUTO_TEST_CASE(a_link_is_no_place_to_work) {
  const Boot boot(pivot(), [](World& world) {
    Tree& tree = world.kernel.tree;
    world.image->root->children.erase("mnt");
    tree.put(*world.image, "/data/mnt", S_IFDIR | 0755);
    tree.put(*world.image, "/mnt", S_IFLNK | 0777, "/data/mnt");
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(std::ranges::none_of(
      boot->sys.trace, [](const Traced& call) { return call.text == "mount linuxrc /mnt tmpfs"; }));
}

// It would lead elsewhere once the roots have changed places.
BOOST_AUTO_TEST_CASE(a_link_called_initrd_gets_no_old_root) {
  const Boot boot(pivot(), [](World& world) {
    world.kernel.tree.put(*world.real, "/mnt/old", S_IFDIR | 0755);
    world.kernel.tree.put(*world.real, "/initrd", S_IFLNK | 0777, "/mnt/old");
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->said("/initrd does not exist. Ignored. Unmounting old root"));
}

BOOST_AUTO_TEST_CASE(a_mount_whose_name_only_begins_so_is_not_moved) {
  const auto moves_dev_where_mounted = [](const char* path) {
    const Boot boot(pivot(), [path](World& world) {
      Tree& tree = world.kernel.tree;
      tree.put(*world.image, path, S_IFDIR | 0755);
      FileSystem& other = tree.make_fs("tmpfs", 99, 0x01021994);
      tree.put(other, "/console", S_IFCHR | 0600).device = makedev(5, 1);
      Place place;
      BOOST_TEST_REQUIRE(tree.walk(world.kernel.main.view, path, true, place) == 0);
      tree.attach(other, *other.root, place, "other");
    });
    return std::ranges::any_of(
        boot->sys.trace, [](const Traced& call) { return call.text.starts_with("mount /dev /"); });
  };
  BOOST_TEST(moves_dev_where_mounted("/dev"));
  BOOST_TEST(!moves_dev_where_mounted("/devel"));
}

BOOST_AUTO_TEST_CASE(a_workspace_on_run_is_not_taken_for_the_images_run) {
  const Boot boot("work=/run\nnew_root.run=yes\n" + pivot(), [](World& world) {
    // Nothing else to work on.
    world.image->root->children.erase("tmp");
    world.image->root->children.erase("mnt");
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(std::ranges::none_of(boot->sys.trace, [](const Traced& call) {
    return call.call == Call::mount && call.text.starts_with("mount /run ");
  }));
  const FileSystem* const run = boot.mounted_at("/run");
  BOOST_TEST_REQUIRE(run != nullptr);
  BOOST_TEST(run->type == "tmpfs");
}

BOOST_AUTO_TEST_CASE(missing_directories_are_made_where_that_is_asked_for) {
  const auto boot_with = [](const std::string& words, bool link) {
    return Boot(pivot(words) + "proc_mounted=yes\nsys_mounted=yes\n", [&](World& world) {
      world.real->root->children.erase("sys");
      if (link) world.kernel.tree.put(*world.real, "/sys", S_IFLNK | 0777, "/mnt");
    });
  };
  const auto has_moved = [](const Boot& boot) {
    return std::ranges::any_of(boot->kernel.tree.mounts(), [&](const Mount& mount) {
      return mount.attached && Tree::path_of(mount, boot->outcome.view.root) == "/sys";
    });
  };
  BOOST_TEST(!has_moved(boot_with("rw", false)));
  BOOST_TEST(has_moved(boot_with("rw linuxrc.mkdir", false)));
  // What is there stays, and is no directory for it.
  const Boot link = boot_with("rw linuxrc.mkdir", true);
  BOOST_TEST(name_of(link->outcome.end) == "init");
  BOOST_TEST(!has_moved(link));
}

BOOST_AUTO_TEST_CASE(an_init_that_is_passed_over_is_told) {
  const Boot boot(pivot(), init_is(S_IFREG | 0755, Kernel::elf_program("/lib/gone.so")));
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->outcome.path == "/bin/sh");
  BOOST_TEST(
      boot->said("/sbin/init needs the interpreter /lib/gone.so: No such file or directory, "
                 "going on with the next of the list"));
  const Boot dangling(pivot(), init_is(S_IFLNK | 0777, "/lib/gone"));
  BOOST_TEST(dangling->outcome.path == "/bin/sh");
  BOOST_TEST(dangling->said("/sbin/init: No such file or directory, going on with the next"));
  // One that is not there is nothing to speak of.
  const Boot none(pivot(),
                  [](World& world) { Tree::find(*world.real, "/sbin")->children.clear(); });
  BOOST_TEST(none->outcome.path == "/bin/sh");
  BOOST_TEST(!none->said("going on with"));
}
