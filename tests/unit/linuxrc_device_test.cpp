#include <sys/sysmacros.h>

#include <boost/test/unit_test.hpp>

#include "linuxrc/device.hpp"

using namespace linuxrc;

namespace {

constexpr const char* partitions =
    "major minor  #blocks  name\n"
    "\n"
    "   3        0   20480 hda\n"
    "   3        1   20479 hda1\n"
    " 254        0    8192 vda\n"
    " 104        1    8192 cciss/c0d0p1\n";

}  // namespace

BOOST_AUTO_TEST_CASE(numbers_of_root_devices) {
  BOOST_TEST(parse_device_number("8:1").value() == makedev(8, 1));
  BOOST_TEST(parse_device_number("0301").value() == makedev(3, 1));
  BOOST_TEST(parse_device_number("301").value() == makedev(3, 1));
  BOOST_TEST(parse_device_number("0x801").value() == makedev(8, 1));
  BOOST_TEST(parse_device_number("fe00").value() == makedev(254, 0));
  for (const char* bad : {"", ":", "8:", ":1", "8:1:2", "8:x", "4096:0", "0:1048576", "/dev/sda",
                          "sda", "0x", "123456789", "LABEL=x"})
    BOOST_TEST(!parse_device_number(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(statement_19_values_of_real_root_dev) {
  BOOST_TEST(parse_real_root_dev("0x301\n").value() == makedev(3, 1));
  BOOST_TEST(parse_real_root_dev("769").value() == makedev(3, 1));
  BOOST_TEST(parse_real_root_dev(" 0x100 \n").value() == ram0());
  BOOST_TEST(parse_real_root_dev("256").value() == ram0());
  for (const char* bad : {"", "\n", "hda1", "0x1ffffffff", "-1"})
    BOOST_TEST(!parse_real_root_dev(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(encoding_is_the_inverse_of_decoding) {
  for (const dev_t device :
       {makedev(3, 1), makedev(1, 0), makedev(259, 300), makedev(4095, 1048575)})
    BOOST_TEST(decode_device(encode_device(device)) == device);
  BOOST_TEST(encode_device(makedev(3, 1)) == 0x301u);
}

BOOST_AUTO_TEST_CASE(names_of_ram_disks) {
  BOOST_TEST(parse_ram_disk("/dev/ram").value() == ram0());
  BOOST_TEST(parse_ram_disk("/dev/ram0").value() == ram0());
  BOOST_TEST(parse_ram_disk("/dev/ram15").value() == makedev(1, 15));
  for (const char* bad : {"/dev/ramx", "/dev/ram0p1", "/dev/sda", "ram0", "/dev/ram9999999"})
    BOOST_TEST(!parse_ram_disk(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(partitions_are_found_by_name_and_number) {
  BOOST_TEST(find_partition(partitions, "hda1").value() == makedev(3, 1));
  BOOST_TEST(find_partition(partitions, "cciss/c0d0p1").value() == makedev(104, 1));
  BOOST_TEST(!find_partition(partitions, "hda11").has_value());
  BOOST_TEST(!find_partition(partitions, "hd").has_value());
  BOOST_TEST(!find_partition(partitions, "name").has_value());
  BOOST_TEST(!find_partition("", "hda").has_value());
  // Linux 6.1 lists a disk for a moment before it has its number.
  BOOST_TEST(!find_partition("   0        0       8192 vda\n", "vda").has_value());
  BOOST_TEST(find_partition(" 0 0 8192 vda\n 254 16 8192 vdb\n", "vdb").value() ==
             makedev(254, 16));
  BOOST_TEST(lists_device(partitions, makedev(254, 0)));
  BOOST_TEST(!lists_device(partitions, makedev(254, 1)));
}
