// The boot report of boots that do not end with the init of another root.
#include <boost/test/unit_test.hpp>

#include "tests/linuxrc/report_reader.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

const std::string on_ram_disk =
    "pid=1\nroot_device=1:0\nkernel=7.2.0\nnew_root.put_old=mnt\nnew_root.dev=yes\n"
    "new_root.run=yes\n";
const std::string in_initramfs =
    "pid=1\nroot_device=0:2\nroot_in_memory=yes\nkernel=7.2.0\nnew_root.put_old=mnt\n";

void remove_disks(World& world) {
  std::erase_if(world.kernel.disks, [](const Disk& disk) { return disk.name == "vda"; });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_boot_that_stops_names_the_step_and_why) {
  const Boot boot(on_ram_disk + "cmdline=root=/dev/ram0 init=/linuxrc real_root=/dev/vda\n",
                  remove_disks);
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  const std::string report = report_of(boot);
  BOOST_TEST(python_says(report,
                         "report[\"stopped\"][\"step\"].startswith(\"find root /dev/vda\") and "
                         "\"no such device\" in report[\"stopped\"][\"why\"]"));
  BOOST_TEST(python_says(report, "report[\"degraded\"] and report[\"init\"] == \"\""));
  BOOST_TEST(python_says(report, "\"error\" in report[\"steps\"][-1]"));
}

BOOST_AUTO_TEST_CASE(an_initramfs_gets_a_run_for_it) {
  const Boot boot(in_initramfs + "cmdline=root=/dev/vda\n", remove_disks);
  BOOST_TEST(name_of(boot->outcome.end) == "waiting");
  BOOST_TEST(
      python_says(report_of(boot), "report[\"stopped\"] and report[\"root\"] == \"/dev/vda\""));
}

BOOST_AUTO_TEST_CASE(what_stops_outside_of_a_step_has_none) {
  const Boot boot(in_initramfs + "cmdline=root=/dev/vda\n",
                  [](World& world) { world.kernel.command_line = std::string(9000, 'x'); });
  const std::string report = report_of(boot);
  BOOST_TEST(python_says(report, "report[\"stopped\"][\"step\"] is None"));
  BOOST_TEST(python_says(report, "\"cmdline\" in report[\"stopped\"][\"why\"]"));
}

BOOST_AUTO_TEST_CASE(without_run_a_stop_has_no_report_and_says_nothing_of_it) {
  const Boot boot(
      "pid=1\nroot_device=1:0\nkernel=7.2.0\ncmdline=root=/dev/ram0 init=/linuxrc "
      "real_root=/dev/vda\n",
      remove_disks);
  BOOST_TEST(report_of(boot).empty());
  BOOST_TEST(!boot->said("report"));
}

BOOST_AUTO_TEST_CASE(a_report_that_cannot_be_written_is_told) {
  const Boot boot(on_ram_disk + "cmdline=root=/dev/ram0 init=/linuxrc real_root=/dev/vda\n",
                  [](World& world) {
                    remove_disks(world);
                    world.image->read_only = true;
                    for (Mount& mount : world.kernel.tree.mounts())
                      if (mount.fs == world.image) mount.read_only = true;
                  });
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  BOOST_TEST(boot->said("no boot report: open /run/linuxrc.json: Read-only file system"));
}

BOOST_AUTO_TEST_CASE(a_system_that_stays_on_its_image_has_a_report) {
  const Boot boot(on_ram_disk + "cmdline=root=/dev/ram0 init=/linuxrc\n");
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST((boot.mounted_at("/run") != nullptr));
  BOOST_TEST(python_says(report_of(boot),
                         "report[\"root_chosen\"] == \"the image is the root\" and "
                         "report[\"stopped\"] is None and report[\"init\"] == \"/sbin/init\""));
}

BOOST_AUTO_TEST_CASE(the_kernels_linuxrc_leaves_its_report_on_the_image) {
  const Boot boot(
      "pid=20\nroot_device=1:0\nkernel=6.1.0\nnew_root.run=yes\nreal_root_dev=yes\n"
      "cmdline=root=/dev/vda\n");
  BOOST_TEST(name_of(boot->outcome.end) == "exited");
  BOOST_TEST((Tree::find(*boot->image, "/run/linuxrc.json") != nullptr));
  BOOST_TEST(python_says(report_of(boot),
                         "report[\"role\"] == \"/linuxrc, run by the kernel\" and "
                         "report[\"root_device\"] == \"254:0\" and not report[\"degraded\"]"));
}

BOOST_AUTO_TEST_CASE(an_overlay_over_the_root_has_one_as_pid_1) {
  const Boot boot(
      on_ram_disk +
      "overlay.has_point=yes\ncmdline=root=/dev/ram0 init=/linuxrc linuxrc.overlay=tmpfs\n");
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(python_says(report_of(boot),
                         "report[\"role\"].startswith(\"mount_root\") and "
                         "report[\"root_chosen\"] == \"the kernel has mounted it\""));
}

// Where its /run was linuxrc's own and is taken back as well.
BOOST_AUTO_TEST_CASE(a_report_of_a_stop_is_there_for_the_shell) {
  const std::string facts =
      on_ram_disk + "cmdline=root=/dev/ram0 init=/linuxrc real_init=/sbin/init\n";
  const Boot boot(facts, [](World& world) { world.sys.faults = {{Call::execve, 1, ENOEXEC}}; });
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  BOOST_TEST((Tree::find(*boot->image, "/run/linuxrc.json") != nullptr));
}

BOOST_AUTO_TEST_CASE(a_second_mount_root_leaves_the_report_of_the_first) {
  const Boot boot(golden_text("overlay-mount-root") + "\nnew_root.run=yes\nrun_mounted=yes\n",
                  [](World& world) { world.kernel.main.view.root.mount->fs->magic = 0x794c7630; });
  BOOST_TEST(boot->outcome.code == 1);
  BOOST_TEST(boot->said("/ is another overlay already"));
  BOOST_TEST(report_of(boot).empty());
}
