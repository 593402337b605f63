// Whole boots against the fake kernel: how each role ends and what init is given. The numbers are
// those of docs/statements.md.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

const char* const ram_init =
    "pid=1\nroot_device=1:0\nkernel=7.2.0\nnew_root.put_old=mnt\nnew_root.dev=yes\n";
const std::string pivot =
    std::string(ram_init) + "cmdline=root=/dev/ram0 init=/linuxrc real_root=/dev/vda\n";
const char* const initramfs =
    "pid=1\nroot_device=0:2\nroot_in_memory=yes\nkernel=6.1.0\ninitrd_image=/initrd.image\n"
    "new_root.dev=yes\n";

}  // namespace

BOOST_AUTO_TEST_CASE(every_golden_plan_ends_on_its_root) {
  BOOST_TEST(golden_names().size() >= 17U);
  for (const std::string& name : golden_names()) {
    BOOST_TEST_CONTEXT(name) {
      const Boot boot(read_golden(name));
      const Outcome& outcome = boot->outcome;
      if (role_of(boot->facts()) == Role::kernel_linuxrc) {
        BOOST_TEST(name_of(outcome.end) == "exited");
        BOOST_TEST(outcome.code == 0);
        continue;
      }
      if (boot->facts().pid != 1) {  // mount_root
        BOOST_TEST(name_of(outcome.end) == "exited");
        BOOST_TEST(outcome.code == 0);
        BOOST_TEST(boot->kernel.main.view.root.mount->fs == boot->kernel.overlay);
        continue;
      }
      if (boot->refuses) {
        BOOST_TEST(name_of(outcome.end) == "waiting");
        BOOST_TEST(boot->said("FAILED"));
        continue;
      }
      BOOST_TEST(name_of(outcome.end) == "init");
      BOOST_TEST(boot->sys.zombies() == 0U);
      BOOST_TEST(outcome.view.root.mount->fs == boot->expected_root());
      BOOST_TEST(!boot->said("FAILED"));
    }
  }
}

BOOST_AUTO_TEST_CASE(nothing_of_the_workspace_stays_mounted) {
  for (const std::string& name : golden_names()) {
    BOOST_TEST_CONTEXT(name) {
      const Boot boot(read_golden(name));
      for (const Mount& mount : boot->kernel.tree.mounts())
        BOOST_TEST(!(mount.attached && mount.source == "linuxrc"));
    }
  }
}

BOOST_AUTO_TEST_CASE(init_stands_at_the_top_of_its_root_with_the_console_open) {
  for (const std::string& name : golden_names()) {
    BOOST_TEST_CONTEXT(name) {
      const Boot boot(read_golden(name));
      if (boot->facts().pid != 1 || boot->refuses) continue;
      const View& view = boot->outcome.view;
      BOOST_TEST((view.current == view.root));
      BOOST_TEST((boot->kernel.tree.top(view.root) == view.root), "/ is covered");
      const auto& files = boot->kernel.main.files;
      BOOST_TEST(files.size() == 3U);
      for (const auto& [fd, file] : files) BOOST_TEST(S_ISCHR(file.place.node->mode));
      BOOST_TEST(boot->kernel.main.state_reset);
    }
  }
}

BOOST_AUTO_TEST_CASE(statement_26_init_gets_the_kernels_arguments_and_environment) {
  const Boot boot(pivot + "new_root.initrd=yes\n");
  BOOST_TEST(boot->outcome.argv == (std::vector<std::string>{"/sbin/init", "one"}),
             boost::test_tools::per_element());
  BOOST_TEST(boot->outcome.envp == (std::vector<std::string>{"HOME=/", "TERM=linux", "answer=42"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(statement_23_present_initrd_gets_the_old_root) {
  const Boot boot(pivot + "new_root.initrd=yes\n");
  BOOST_TEST(boot.mounted_at("/initrd") == boot->image);
  BOOST_TEST(boot->said("Trying to move old root to /initrd ... okay"));
  BOOST_TEST(boot->kernel.losses.empty());
}

BOOST_AUTO_TEST_CASE(statement_23_absent_initrd_unmounts_and_discards) {
  const Boot boot(pivot);
  BOOST_TEST(!boot->kernel.is_used(*boot->image));
  BOOST_TEST(boot->kernel.losses == std::vector<std::string>{"discard 1:0"},
             boost::test_tools::per_element());
  BOOST_TEST(boot->said("grew by 4096 KiB"));
}

BOOST_AUTO_TEST_CASE(statement_23_busy_initrd_is_detached_and_not_discarded) {
  const Boot boot(pivot, [](World& world) {
    for (Mount& mount : world.kernel.tree.mounts())
      if (mount.fs == world.image) mount.held = true;
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->said("the old root is busy: detached"));
  BOOST_TEST(boot->said("failed: the RAM disk is still in use"));
  BOOST_TEST(boot->kernel.losses.empty());
}

BOOST_AUTO_TEST_CASE(the_ram_disk_is_freed_though_the_program_started_there) {
  const Boot boot(pivot);
  const auto copied = std::count_if(
      boot->sys.trace.begin(), boot->sys.trace.end(),
      [](const Traced& call) { return call.text == "execve /mnt/linuxrc" && call.result == 0; });
  BOOST_TEST(copied == 1);
  BOOST_TEST(boot->kernel.free_kib == 104096U);
}

BOOST_AUTO_TEST_CASE(statement_25_ram0_stays_unless_init_is_linuxrc) {
  const Boot stays(std::string(ram_init) + "cmdline=root=/dev/ram0 init=/linuxrc\n");
  BOOST_TEST(stays->outcome.view.root.mount->fs == stays->image);
  BOOST_TEST(stays->said("no real root is named"));
  const Boot loads(std::string(initramfs) + "cmdline=root=/dev/ram0\n");
  BOOST_TEST(loads->outcome.view.root.mount->fs == loads->image);
  BOOST_TEST(loads->sys.child_start.path == "");
  const Boot asks(std::string(initramfs) + "cmdline=root=/dev/ram0 init=/linuxrc\n");
  BOOST_TEST(asks->outcome.path == "/linuxrc");
  BOOST_TEST(asks->kernel.main.pid == 1);
}

BOOST_AUTO_TEST_CASE(statement_26_a_wrong_real_init_fails_before_anything_is_moved) {
  const std::string text = std::string(ram_init) +
                           "cmdline=root=/dev/ram0 init=/linuxrc real_root=/dev/vda "
                           "real_init=/sbin/other\n";
  const Boot boot(text,
                  [](World& world) { Tree::find(*world.real, "/sbin")->children.erase("other"); });
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  BOOST_TEST(boot->said("FAILED: requested init"));
  BOOST_TEST(boot->said("/sbin/other: No such file or directory"));
  BOOST_TEST(boot->outcome.view.root.mount->fs == boot->image);
}

BOOST_AUTO_TEST_CASE(statement_26_the_kernels_list_is_tried_in_its_order) {
  const auto without = [](const std::vector<std::string>& gone) {
    return [gone](World& world) {
      for (const std::string& name : gone) Tree::find(*world.real, "/sbin")->children.erase(name);
      world.kernel.tree.put(*world.real, "/etc/init", S_IFREG | 0755, Kernel::elf_program(""));
    };
  };
  BOOST_TEST(Boot(pivot, without({}))->outcome.path == "/sbin/init");
  BOOST_TEST(Boot(pivot, without({"init"}))->outcome.path == "/etc/init");
}

BOOST_AUTO_TEST_CASE(an_init_without_its_interpreter_is_none) {
  const Boot boot(pivot,
                  [](World& world) { Tree::find(*world.real, "/lib")->children.erase("ld.so"); });
  BOOST_TEST(boot->outcome.path == "/bin/sh");
}

BOOST_AUTO_TEST_CASE(the_old_root_is_not_the_new_one_under_another_name) {
  for (const char* name : {"1:0", "0100", "/dev/ram0"}) {
    const Boot boot(std::string(ram_init) +
                    "cmdline=root=/dev/ram0 init=/linuxrc real_root=" + name + "\n");
    BOOST_TEST(boot->said("it is the old root"), name);
    BOOST_TEST(name_of(boot->outcome.end) == "shell");
    BOOST_TEST(boot->kernel.losses.empty());
    BOOST_TEST(boot->outcome.view.root.mount->fs == boot->image);
  }
}

BOOST_AUTO_TEST_CASE(linuxrc_is_never_its_own_init) {
  const Boot boot(std::string(ram_init) + "cmdline=root=/dev/ram0 init=/linuxrc\n",
                  [](World& world) {
                    Node& folder = *Tree::find(*world.image, "/sbin");
                    folder.children["init"] = Tree::find(*world.image, "/linuxrc");
                  });
  BOOST_TEST(boot->outcome.path == "/bin/sh");
}

BOOST_AUTO_TEST_CASE(statement_20_a_late_root_is_waited_for) {
  const std::string text =
      std::string(ram_init) + "cmdline=root=/dev/ram0 init=/linuxrc real_root=/dev/vda rootwait\n";
  const Boot boot(text, [](World& world) {
    for (Disk& disk : world.kernel.disks)
      if (disk.fs == world.real) disk.appears_ms = 11000;
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->said("waiting for root device /dev/vda"));
  BOOST_TEST(boot->kernel.now_ms >= 11000U);
}

BOOST_AUTO_TEST_CASE(a_late_root_is_seen_when_the_kernel_tells_of_it) {
  const std::string text =
      std::string(ram_init) + "cmdline=root=/dev/ram0 init=/linuxrc real_root=/dev/vda rootwait\n";
  const auto late = [](World& world) {
    for (Disk& disk : world.kernel.disks)
      if (disk.fs == world.real) disk.appears_ms = 11003;
  };
  const auto looks = [](const Boot& boot) {
    return std::ranges::count_if(boot->sys.trace, [](const Traced& call) {
      return call.text.ends_with("/proc/partitions") && call.call == Call::open;
    });
  };
  const Boot told(text, late);
  BOOST_TEST(name_of(told->outcome.end) == "init");
  BOOST_TEST(told->kernel.now_ms < 11050U);  // freeing memory rests, too
  BOOST_TEST(looks(told) <= 25);

  const Boot polled(text, [&](World& world) {
    late(world);
    world.kernel.has_uevents = false;
  });
  BOOST_TEST(name_of(polled->outcome.end) == "init");
  BOOST_TEST(polled->kernel.now_ms >= 11003U);
  BOOST_TEST(looks(polled) >= 200);
}

// Before Linux 3.1 or so the drive is there and /proc/partitions does not list it.
BOOST_AUTO_TEST_CASE(a_cdrom_is_waited_for_until_it_can_be_read) {
  struct Row {
    const char* root;
    dev_t drive;
  };
  for (const Row& row :
       {Row{"/dev/sr1", makedev(11, 1)}, Row{"/dev/scd1", makedev(11, 1)},
        Row{"11:1", makedev(11, 1)}, Row{"0b01", makedev(11, 1)}, Row{"/dev/hdc", makedev(22, 0)},
        Row{"/dev/hdb", makedev(3, 64)}, Row{"1600", makedev(22, 0)}}) {
    const std::string text = std::string(ram_init) +
                             "cmdline=root=/dev/ram0 init=/linuxrc rootwait real_root=" + row.root +
                             "\n";
    const Boot boot(text, [&](World& world) {
      for (Disk& disk : world.kernel.disks)
        if (disk.fs == world.real)
          disk = {row.drive, "", world.real, 700000, 11003, "", std::string(2048, 'c')};
    });
    BOOST_TEST(name_of(boot->outcome.end) == "init", row.root);
    BOOST_TEST(boot->kernel.now_ms >= 11003U, row.root);
    BOOST_TEST(boot->said("waiting for root device"), row.root);
  }
}

// An ext2 superblock with a UUID; where `at` says so, behind it what ends a member of an md array.
std::string file_system_with_uuid(std::size_t at, std::string_view magic) {
  std::string bytes(256 << 10, '\0');
  bytes.replace(1024 + 56, 2, "\x53\xef");
  bytes.replace(1024 + 104, 16, "0123456789abcdef");
  if (at != 0) bytes.replace(at, 4, magic);
  return bytes;
}

BOOST_AUTO_TEST_CASE(a_uuid_is_that_of_an_array_and_not_of_its_members) {
  struct Row {
    std::size_t at;
    std::string_view magic;
  };
  constexpr Row rows[] = {{192 << 10, "\xfc\x4e\x2b\xa9"},   // 0.90
                          {192 << 10, "\xa9\x2b\x4e\xfc"},   // of a big-endian machine
                          {248 << 10, "\xfc\x4e\x2b\xa9"}};  // 1.0
  for (const Row& row : rows) {
    const auto array = [&](World& world) {
      auto& disks = world.kernel.disks;
      for (Disk& disk : disks) {
        if (disk.fs != world.real) continue;
        disk.kib = 256;
        disk.name = "md0";
        disk.head = file_system_with_uuid(0, "");
      }
      Disk member;
      member.device = makedev(8, 1);
      member.name = "sda1";
      member.kib = 256;
      member.head = file_system_with_uuid(row.at, row.magic);
      disks.insert(disks.begin(), member);
    };
    const Boot boot(std::string(ram_init) +
                        "cmdline=root=/dev/ram0 init=/linuxrc "
                        "real_root=UUID=30313233-3435-3637-3839-616263646566\n",
                    array);
    BOOST_TEST(name_of(boot->outcome.end) == "init", row.at);
    BOOST_TEST(boot->outcome.view.root.mount->fs == boot->real, row.at);
  }
}

BOOST_AUTO_TEST_CASE(a_root_is_found_among_more_disks_than_can_be_listed) {
  const Boot boot(pivot, [](World& world) {
    for (unsigned i = 0; i < 5000; ++i) {
      Disk disk;
      disk.device = makedev(259, i);
      disk.name = "disk-with-a-name-" + std::to_string(i);
      world.kernel.disks.push_back(disk);
    }
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
}

BOOST_AUTO_TEST_CASE(a_root_that_never_comes_is_named_with_what_exists) {
  const Boot boot(pivot,
                  [](World& world) { world.kernel.disks.erase(world.kernel.disks.begin()); });
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  BOOST_TEST(boot->said("FAILED: find root /dev/vda: no such device after 5 s"));
}

BOOST_AUTO_TEST_CASE(without_a_shell_it_says_so_and_waits) {
  const Boot boot(pivot, [](World& world) {
    Tree::find(*world.image, "/bin")->children.clear();
    world.kernel.disks.erase(world.kernel.disks.begin());
  });
  BOOST_TEST(name_of(boot->outcome.end) == "waiting");
  BOOST_TEST(boot->said("there is no shell: waiting"));
}

BOOST_AUTO_TEST_CASE(a_missing_console_node_stops_nobody) {
  const Boot boot(initramfs + std::string("cmdline=root=/dev/ram0\n"), [](World& world) {
    Tree::find(*world.kernel.rootfs, "/dev")->children.clear();
    world.kernel.main.files.clear();
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->said("executing /sbin/init"));
}

BOOST_AUTO_TEST_CASE(statement_27_an_absent_ram_disk_is_an_error_that_is_said) {
  const auto remove_ram0 = [](World& world) { world.kernel.disks.pop_back(); };
  const Boot image_is_root(initramfs + std::string("cmdline=root=/dev/ram0\n"), remove_ram0);
  BOOST_TEST(name_of(image_is_root->outcome.end) == "waiting");
  BOOST_TEST(image_is_root->said("FAILED: open /dev/ram0: No such device or address"));
  const Boot real_root(initramfs + std::string("cmdline=root=/dev/vda\n"), remove_ram0);
  BOOST_TEST(name_of(real_root->outcome.end) == "init");
  BOOST_TEST(real_root->said("the initrd is not loaded: going on without it"));
}

// Below what covers it, ".." of the initramfs is the new root.
BOOST_AUTO_TEST_CASE(the_initramfs_is_deleted_and_nothing_else) {
  const char* const empty_ones[] = {"/dev", "/lib", "/old", "/root", "/proc"};
  const Boot boot(initramfs + std::string("cmdline=root=/dev/vda rw\nmodules=yes\n"),
                  [&](World& world) {
                    for (const char* path : empty_ones) {
                      world.kernel.tree.put(*world.real, path, S_IFDIR | 0755).children.clear();
                      world.kernel.tree.put(*world.kernel.rootfs, path, S_IFDIR | 0755);
                    }
                    Tree::find(*world.real, "/sbin/init")->content = Kernel::elf_program("");
                  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  for (const auto& [name, node] : boot->kernel.rootfs->root->children)
    BOOST_ERROR("left in the initramfs: " << name);
  for (const char* path : empty_ones) BOOST_TEST(Tree::find(*boot->real, path) != nullptr, path);
}
