// The image on its way to /dev/ram0, against the fake kernel: its recorded sum, and what stands for
// a RAM disk that the kernel does not have.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

const std::string wrapped =
    "pid=1\nroot_device=0:2\nroot_in_memory=yes\nkernel=7.2.0\nmodules=yes\n"
    "initrd_image=/initrd.image\nimage_kib=4096\nnew_root.dev=yes\nnew_root.put_old=mnt\n";

bool called(const Boot& boot, std::string_view text) {
  return std::any_of(boot->sys.trace.begin(), boot->sys.trace.end(),
                     [&](const Traced& call) { return call.text.find(text) == 0; });
}

const auto change_image = [](World& world) {
  Tree::find(*world.kernel.rootfs, "/initrd.image")->content = "imagf";
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_image_with_the_recorded_sum_is_loaded) {
  const Boot boot(wrapped + "image_sum=yes\ncmdline=root=/dev/ram0 rw\n");
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(called(boot, "open /initrd.image.sha256"));
}

BOOST_AUTO_TEST_CASE(an_image_with_another_sum_that_is_the_root_stops_the_boot) {
  const Boot boot(wrapped + "image_sum=yes\ncmdline=root=/dev/ram0 rw\n", change_image);
  BOOST_TEST(name_of(boot->outcome.end) != "init");
  BOOST_TEST(boot->said("FAILED: /initrd.image is not what was wrapped: its SHA-256 is"));
  BOOST_TEST(!called(boot, "load_image"));
  BOOST_TEST(!called(boot, "unlink /initrd.image"));
}

BOOST_AUTO_TEST_CASE(an_image_with_another_sum_is_left_out_where_a_disk_is_the_root) {
  const Boot boot(wrapped + "image_sum=yes\ncmdline=root=/dev/vda ro\n", change_image);
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->outcome.view.root.mount->fs == boot->real);
  BOOST_TEST(boot->said("is not what was wrapped"));
  BOOST_TEST(boot->said("going on without it"));
  BOOST_TEST(!called(boot, "load_image"));
}

BOOST_AUTO_TEST_CASE(a_loop_device_stands_for_the_ram_disk) {
  const Boot boot(wrapped + "ram_disk=loop\ncmdline=root=/dev/vda ro\n");
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(called(boot, "ftruncate"));
  BOOST_TEST(called(boot, "mknod /dev/ram0"));
  BOOST_TEST(boot->said("a loop device over tmpfs (7:0) stands for it"));
  // Its /linuxrc is told of it, and init is not.
  const auto& child = boot->sys.child_start.envp;
  BOOST_TEST(std::count(child.begin(), child.end(), "LINUXRC_RAM0=7:0") == 1);
  BOOST_TEST(boot->outcome.envp == boot->envp);
}

BOOST_AUTO_TEST_CASE(zram_stands_for_the_ram_disk_where_there_is_no_loop) {
  const Boot boot(wrapped + "ram_disk=zram\ncmdline=root=/dev/vda ro\n");
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(Tree::find(*boot->kernel.sysfs, "/block/zram0/disksize")->content == "4194304");
  const auto& losses = boot->kernel.losses;
  BOOST_TEST(std::count(losses.begin(), losses.end(), "discard 253:0") == 1);
  // The sysfs that was needed is unmounted again.
  for (const Mount& mount : boot->kernel.tree.mounts())
    BOOST_TEST(!(mount.attached && mount.fs == boot->kernel.sysfs));
}

BOOST_AUTO_TEST_CASE(the_number_of_what_stands_for_the_ram_disk_means_to_stay) {
  const Boot boot(wrapped +
                  "ram_disk=loop\nreal_root_dev=yes\nlinuxrc=stay\ncmdline=root=/dev/vda ro\n");
  BOOST_TEST(boot->outcome.view.root.mount->fs == boot->image);
  BOOST_TEST(boot->image->device == makedev(7, 0));
}

BOOST_AUTO_TEST_CASE(without_an_image_one_is_loaded_from_the_floppy_disk) {
  const std::string floppy =
      "pid=1\nroot_device=0:2\nroot_in_memory=yes\nkernel=7.2.0\nnew_root.put_old=mnt\n";
  for (const char* const root : {"/dev/fd0", "2:0", "0200"}) {
    const Boot boot(floppy + "cmdline=root=" + root + " load_ramdisk=1\n");
    BOOST_TEST(name_of(boot->outcome.end) == "init");
    BOOST_TEST(boot->outcome.view.root.mount->fs == boot->image);
    BOOST_TEST(boot->said("VFS: Insert root floppy disk"));
  }
  const Boot unasked(floppy + "cmdline=root=/dev/fd0 load_ramdisk=1 prompt_ramdisk=0\n");
  BOOST_TEST(!unasked->said("VFS: Insert root floppy disk"));
  BOOST_TEST(unasked->outcome.view.root.mount->fs == unasked->image);
  const Boot mounted(floppy + "cmdline=root=/dev/fd0 load_ramdisk=0\n");
  BOOST_TEST(mounted->outcome.view.root.mount->fs == mounted->real);
}
