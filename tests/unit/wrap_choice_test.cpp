// Which modules are wished for, and the command line of --wrap.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "mkramdisk/wrap/module_choice.hpp"
#include "mkramdisk/wrap/options.hpp"

using namespace mkramdisk::wrap;
using rdload::Format;

namespace {

std::vector<Wish> wishes_for(Format system, const char* text) {
  common::CommandLine line;
  BOOST_REQUIRE(line.parse(text).ok());
  return wishes(system, line);
}

bool wanted(const std::vector<Wish>& all, const char* name) {
  return std::any_of(all.begin(), all.end(), [&](const Wish& wish) {
    return std::find(wish.names.begin(), wish.names.end(), name) != wish.names.end();
  });
}

common::Result<std::optional<Options>> parse(std::vector<std::string> words) {
  std::ostringstream out;
  return parse_options(words, out);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_image_needs_its_file_system) {
  const auto all = wishes_for(Format::cramfs, "root=/dev/ram0");
  BOOST_REQUIRE(all.size() == 1);
  BOOST_TEST(all[0].names.front() == "cramfs");
  BOOST_TEST(!all[0].need.empty());
  BOOST_TEST(wishes_for(Format::ext2, "root=/dev/ram0")[0].names.size() == 2U);
}

BOOST_AUTO_TEST_CASE(root_names_the_disk) {
  struct Row {
    const char* line;
    const char* needed;
    const char* not_needed;
  };
  const Row rows[] = {
      {"", "virtio_blk", "floppy"},
      {"", "sd_mod", "xen_blkfront"},
      {"root=/dev/vda1", "virtio_blk", "sd_mod"},
      {"root=/dev/hda1", "ata_piix", "virtio_blk"},
      {"root=0301", "ata_piix", "virtio_blk"},
      {"root=8:17", "sd_mod", "nvme"},
      {"root=0x801", "sd_mod", "nvme"},
      {"root=/dev/mmcblk0p2", "mmc_block", "sd_mod"},
      {"root=/dev/fd0", "floppy", "sd_mod"},
      {"root=mtd:rootfs", "mtdblock", "sd_mod"},
      {"root=ubi0:rootfs", "zstd", "sd_mod"},
      {"root=/dev/nfs", "nfsv3", "sd_mod"},
      {"root=UUID=4a5b", "virtio_blk", "floppy"},
      {"root=UUID=4a5b", "sd_mod", "floppy"},
      {"root=254:0", "virtio_blk", "floppy"},
      {"root=/dev/ram0 real_root=/dev/vda", "virtio_blk", "sd_mod"},
      {"root=/dev/ram0 init=/linuxrc", "sd_mod", "floppy"},
      {"root=/dev/ram", "squashfs", "ext4"},
      {"root=1:0", "squashfs", "ext4"},
      {"root=0100", "squashfs", "sd_mod"},
      {"root=/dev/vda rootfstype=vfat,minix", "minix", "ext4"},
      {"root=/dev/vda rootfstype=ext2 real_rootfstype=jffs2", "jffs2", "ext4"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.line) {
      const auto all = wishes_for(Format::squashfs, row.line);
      BOOST_TEST(wanted(all, row.needed));
      BOOST_TEST(!wanted(all, row.not_needed));
    }
  }
}

BOOST_AUTO_TEST_CASE(options_of_wrap) {
  const std::vector<std::string> make = {"-o", "image", "tree"};
  BOOST_TEST(!asked(make));
  const std::vector<std::string> joined = {"-o", "new", "--wrap=initrd"};
  BOOST_TEST(asked(joined));
  const std::vector<std::string> hidden = {"-o", "new", "--", "--wrap"};
  BOOST_TEST(!asked(hidden));
  auto options = parse({"--wrap", "initrd", "-o", "new", "--add-module", "brd rd_size=1 max_part=1",
                        "--modules", "6.1", "--start", "0x200", "--length", "1m"});
  BOOST_REQUIRE(options.ok() && options->has_value());
  BOOST_TEST((*options)->added[0].name == "brd");
  BOOST_TEST((*options)->added[0].parameters == "rd_size=1 max_part=1");
  BOOST_TEST((*options)->image.start_kib == 512U);
  BOOST_TEST(*(*options)->image.length == 1048576U);
  BOOST_TEST((*options)->compression.method->name == "gzip");
  BOOST_TEST(!parse({"--wrap", "initrd", "-o", "new", "-z", "bzip2"}).ok());
  for (const char* bad : {"", "brd one\ntwo.ko", "brd\ntwo.ko"})
    BOOST_TEST(!parse({"--wrap", "i", "-o", "n", "--modules", "x", "--add-module", bad}).ok());
}
