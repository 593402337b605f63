#include <boost/test/unit_test.hpp>

#include "linuxrc/mtd.hpp"

using linuxrc::mtd_number;

BOOST_AUTO_TEST_CASE(a_partition_has_a_number_or_a_name) {
  constexpr std::string_view table =
      "dev:    size   erasesize  name\n"
      "mtd0: 00040000 00010000 \"u-boot\"\n"
      "mtd3: 00200000 00010000 \"rootfs: \"B\"\"\n"
      "mtd12: 00200000 00010000 \"data\"\n"
      "mtd13: 00200000 00010000 \"data\"\n"
      "mtd256: 00200000 00010000 \"beyond\"\n";
  BOOST_TEST((mtd_number(table, "mtd0") == 0U));
  BOOST_TEST((mtd_number(table, "mtd:u-boot") == 0U));
  BOOST_TEST((mtd_number(table, "mtd:rootfs: \"B\"") == 3U), "quotes may stand in a name");
  BOOST_TEST((mtd_number(table, "mtd:data") == 12U), "the first, as the kernel does");
  BOOST_TEST((mtd_number(table, "mtd13") == 13U));
  for (const char* const none :
       {"mtd1", "mtd", "mtd:", "mtd:boot", "mtd:u-boot\"", "mtd256", "mtd:beyond", "sda1", ""})
    BOOST_TEST(!mtd_number(table, none), none);
  BOOST_TEST(!mtd_number("", "mtd0"));
}
