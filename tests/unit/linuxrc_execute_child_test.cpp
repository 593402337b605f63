// The image's own /linuxrc as a child of /init, against the fake kernel. The numbers are
// those of docs/statements.md.
#include <sys/stat.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>

#include "linuxrc/device.hpp"
#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

const std::string facts =
    "pid=1\nroot_device=0:2\nroot_in_memory=yes\nkernel=6.1.0\ninitrd_image=/initrd.image\n"
    "new_root.dev=yes\nnew_root.initrd=yes\nreal_root_dev=yes\n";
const std::string from_disk = facts + "cmdline=root=/dev/vda\n";

Mount* image_mount(World& world) {
  for (Mount& mount : world.kernel.tree.mounts())
    if (mount.fs == world.image) return &mount;
  return nullptr;
}

}  // namespace

BOOST_AUTO_TEST_CASE(statement_17_linuxrc_is_started_as_the_kernel_does) {
  Process child;
  const Boot boot(from_disk, [&](World& world) {
    world.kernel.linuxrc_program = [&](Kernel& kernel) {
      child = kernel.child;
      return 0;
    };
  });
  const Outcome& start = boot->sys.child_start;
  BOOST_TEST(start.path == "/linuxrc");
  BOOST_TEST(start.argv == std::vector<std::string>{"linuxrc"}, boost::test_tools::per_element());
  BOOST_TEST(start.envp == (std::vector<std::string>{"HOME=/", "TERM=linux", "answer=42"}),
             boost::test_tools::per_element());
  BOOST_TEST(child.pid != 1);
  BOOST_TEST(child.own_session);
  BOOST_TEST(child.state_reset);
  BOOST_TEST(start.view.root.mount->fs == boot->image);
  BOOST_TEST((start.view.current == start.view.root));
  BOOST_TEST(child.files.size() == 3U);
  for (const auto& [fd, file] : child.files) BOOST_TEST(S_ISCHR(file.place.node->mode));
}

BOOST_AUTO_TEST_CASE(statement_18_a_linuxrc_that_is_missing_or_fails_stops_nothing) {
  const auto ends_on_real_root = [](const char* said, const std::function<void(World&)>& change) {
    const Boot boot(from_disk, change);
    BOOST_TEST(name_of(boot->outcome.end) == "init");
    BOOST_TEST(boot->outcome.view.root.mount->fs == boot->real);
    BOOST_TEST(boot.mounted_at("/initrd") == boot->image);
    BOOST_TEST(boot->said(said));
  };
  ends_on_real_root("execute /linuxrc: No such file or directory",
                    [](World& world) { world.image->root->children.erase("linuxrc"); });
  ends_on_real_root("execute /linuxrc: Permission denied", [](World& world) {
    Tree::find(*world.image, "/linuxrc")->mode = S_IFREG | 0644;
  });
  ends_on_real_root("killed by signal 11", [](World& world) {
    world.kernel.linuxrc_program = [](Kernel&) { return SIGSEGV; };
  });
  ends_on_real_root("ended with exit code 3", [](World& world) {
    world.kernel.linuxrc_program = [](Kernel&) { return 3 << 8; };
  });
}

// Documentation/admin-guide/initrd.rst: 255 is the number of a root over NFS.
BOOST_AUTO_TEST_CASE(a_linuxrc_that_asks_for_255_gets_a_root_on_a_server) {
  const Boot boot(facts + "cmdline=root=/dev/vda nfsroot=10.0.2.2:/srv\n", [](World& world) {
    world.kernel.linuxrc_program = [](Kernel& kernel) {
      Tree::find(*kernel.proc, "/sys/kernel/real-root-dev")->content = "255\n";
      return 0;
    };
  });
  const auto& trace = boot->sys.trace;
  BOOST_TEST(std::any_of(trace.begin(), trace.end(), [](const Traced& call) {
    return call.call == Call::mount && call.text.starts_with("mount 10.0.2.2:/srv ");
  }));
}

BOOST_AUTO_TEST_CASE(a_linuxrc_reads_255_where_the_root_is_on_a_server) {
  std::string read;
  const Boot boot(facts + "cmdline=root=/dev/nfs nfsroot=10.0.2.2:/srv\n", [&](World& world) {
    world.kernel.linuxrc_program = [&](Kernel& kernel) {
      read = Tree::find(*kernel.proc, "/sys/kernel/real-root-dev")->content;
      return 0;
    };
  });
  BOOST_TEST(read == "255\n");
}

BOOST_AUTO_TEST_CASE(statement_19_what_linuxrc_writes_to_real_root_dev_counts) {
  const auto root_after = [](const char* written) {
    const Boot boot(facts + "cmdline=root=/dev/vda\nasked_root=0301\n", [=](World& world) {
      world.kernel.linuxrc_program = [=](Kernel& kernel) {
        Tree::find(*kernel.proc, "/sys/kernel/real-root-dev")->content = written;
        return 0;
      };
    });
    const FileSystem* const root = boot->outcome.view.root.mount->fs;
    return root == boot->asked   ? "asked"
           : root == boot->image ? "image"
           : root == boot->real  ? "real"
                                 : "another";
  };
  BOOST_TEST(root_after("0x301\n") == "asked");
  BOOST_TEST(root_after("769\n") == "asked");
  BOOST_TEST(root_after("0x100\n") == "image");
  BOOST_TEST(root_after("256\n") == "image");
  BOOST_TEST(root_after("0\n") == "real");
  BOOST_TEST(root_after("nonsense\n") == "real");
}

BOOST_AUTO_TEST_CASE(statement_20_the_root_that_linuxrc_brings_is_found) {
  const Boot boot(from_disk, [](World& world) {
    Disk& disk = world.kernel.disks.front();
    disk.module = "made by linuxrc";
    world.kernel.linuxrc_program = [](Kernel& kernel) {
      kernel.modules.insert("made by linuxrc");
      return 0;
    };
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->outcome.view.root.mount->fs == boot->real);
}

BOOST_AUTO_TEST_CASE(statement_21_the_image_is_mounted_read_write_under_ro_if_it_can_be) {
  for (const bool read_only : {false, true}) {
    bool mounted_read_only = !read_only;
    const Boot boot(facts + "cmdline=root=/dev/vda ro\n", [&](World& world) {
      world.image->read_only = read_only;
      world.kernel.linuxrc_program = [&](Kernel&) {
        mounted_read_only = image_mount(world)->read_only;
        return 0;
      };
    });
    BOOST_TEST(name_of(boot->outcome.end) == "init");
    BOOST_TEST(mounted_read_only == read_only);
    BOOST_TEST(boot->outcome.view.root.mount->read_only);
  }
}

BOOST_AUTO_TEST_CASE(statement_22_a_linuxrc_that_pivoted_is_not_moved_again) {
  const Boot boot(read_golden("initramfs-linuxrc-pivoted"));
  BOOST_TEST(boot->outcome.view.root.mount->fs == boot->real);
  BOOST_TEST(boot.mounted_at("/initrd") == boot->image);
  BOOST_TEST(!boot->said("old root"));
}

BOOST_AUTO_TEST_CASE(statement_23_a_busy_image_still_boots) {
  const Boot boot(
      "pid=1\nroot_device=0:2\nroot_in_memory=yes\nkernel=7.2.0\n"
      "initrd_image=/initrd.image\ncmdline=root=/dev/vda\n",
      [](World& world) {
        world.kernel.linuxrc_program = [&](Kernel&) {
          image_mount(world)->held = true;
          return 0;
        };
      });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->said("the old root is busy: detached"));
  for (const std::string& loss : boot->kernel.losses) BOOST_TEST(!loss.starts_with("discard"));
}

BOOST_AUTO_TEST_CASE(statement_24_orphans_are_reaped) {
  const Boot boot(from_disk);
  // The fake kernel gives an orphan, /linuxrc itself, and a child that /linuxrc never waited for.
  const auto reaped = std::count_if(
      boot->sys.trace.begin(), boot->sys.trace.end(),
      [](const Traced& call) { return call.call == Call::waitpid && call.result > 0; });
  BOOST_TEST(reaped == 3);
  BOOST_TEST(boot->sys.zombies() == 0U);
}

BOOST_AUTO_TEST_CASE(as_linuxrc_of_the_kernel_it_names_the_root_and_leaves_no_mount) {
  const Boot boot(read_golden("kernel-linuxrc"));
  BOOST_TEST(Tree::find(*boot->kernel.proc, "/sys/kernel/real-root-dev")->content == "65024\n");
  BOOST_TEST(name_of(boot->outcome.end) == "exited");
  std::size_t attached = 0;
  for (const Mount& mount : boot->kernel.tree.mounts()) attached += mount.attached ? 1 : 0;
  BOOST_TEST(attached == 2U);  // rootfs and the image
}
