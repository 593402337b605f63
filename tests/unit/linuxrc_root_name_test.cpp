#include <sys/sysmacros.h>

#include <boost/test/unit_test.hpp>

#include "linuxrc/device.hpp"
#include "linuxrc/root_name.hpp"

using linuxrc::parse_root_name;
using linuxrc::RootName;
using Form = RootName::Form;

BOOST_AUTO_TEST_CASE(forms_of_root) {
  struct Row {
    const char* given;
    Form form;
    const char* text;
  };
  for (const Row& row :
       {Row{"/dev/hda1", Form::path, "hda1"}, Row{"/dev/cciss/c0d0", Form::path, "cciss/c0d0"},
        Row{"/dev/ram", Form::ram_disk, "/dev/ram"}, Row{"8:1", Form::number, "8:1"},
        Row{"0301", Form::number, "0301"}, Row{"UUID=4a3b-11c2", Form::uuid, "4a3b-11c2"},
        Row{"LABEL=a b", Form::label, "a b"}, Row{"PARTLABEL=root", Form::partition_label, "root"},
        Row{"PARTUUID=1a2b3c4d-02", Form::partition_uuid, "1a2b3c4d-02"},
        Row{"mtd3", Form::flash, "mtd3"}, Row{"mtd:rootfs", Form::flash, "mtd:rootfs"},
        Row{"ubi0_1", Form::flash, "ubi0_1"}, Row{"ubi0:rootfs", Form::flash, "ubi0:rootfs"},
        Row{"ubi:rootfs", Form::flash, "ubi:rootfs"}}) {
    const RootName name = parse_root_name(row.given);
    BOOST_TEST((name.form == row.form), row.given);
    BOOST_TEST(name.text == row.text);
  }
  for (const char* bad : {"", "hda1", "LABEL=", "UUID=", "/dev/", "PARTUUID=x/PARTNROFF=",
                          "PARTUUID=x/PARTNROFF=1x", "PARTUUID=x/PARTNROFF=99999"})
    BOOST_TEST((parse_root_name(bad).form == Form::unknown), bad);
}

BOOST_AUTO_TEST_CASE(an_image_file_on_a_device) {
  const RootName name = parse_root_name("/dev/sda1:/boot/root.img");
  BOOST_TEST((name.form == Form::path));
  BOOST_TEST(name.text == "sda1");
  BOOST_TEST(name.file == "/boot/root.img");
}

BOOST_AUTO_TEST_CASE(a_partition_some_numbers_further_on) {
  const RootName name = parse_root_name("PARTUUID=1a2b3c4d-02/PARTNROFF=-1");
  BOOST_TEST(name.text == "1a2b3c4d-02");
  BOOST_TEST(name.offset == -1);
}

BOOST_AUTO_TEST_CASE(names_of_the_old_ide_driver) {
  BOOST_TEST(linuxrc::ide_name(makedev(3, 1)).view() == "hda1");
  BOOST_TEST(linuxrc::ide_name(makedev(3, 64)).view() == "hdb");
  BOOST_TEST(linuxrc::ide_name(makedev(22, 65)).view() == "hdd1");
  BOOST_TEST(linuxrc::ide_name(makedev(34, 127)).view() == "hdh63");
  BOOST_TEST(linuxrc::ide_name(makedev(3, 128)).empty());
  BOOST_TEST(linuxrc::ide_name(makedev(8, 1)).empty());
}

BOOST_AUTO_TEST_CASE(old_disks_have_modern_names) {
  using linuxrc::modern_name;
  BOOST_TEST(modern_name("hda1", nullptr).view() == "sda1");
  BOOST_TEST(modern_name("hdh", nullptr).view() == "sdh");
  BOOST_TEST(modern_name("hdi", nullptr).empty());
  BOOST_TEST(modern_name("sda1", nullptr).empty());
  BOOST_TEST(modern_name("hda1", "hda:vda").view() == "vda1");
  BOOST_TEST(modern_name("hdc2", "hda:vda,hdc:mmcblk0").view() == "mmcblk0p2");
  BOOST_TEST(modern_name("hdc", "hda:vda,hdc:mmcblk0").view() == "mmcblk0");
  BOOST_TEST(modern_name("hdb1", "hda:vda").view() == "sdb1");
  BOOST_TEST(modern_name("sdx1", "sdx:sdy").view() == "sdy1");
  for (const char* odd : {"", ",", ":", "hda", "hda:", ",hda"}) (void)modern_name("hda1", odd);
}
