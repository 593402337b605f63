#include <boost/test/unit_test.hpp>
#include <span>
#include <string>
#include <string_view>

#include "rdload/identify.hpp"
#include "tests/rdload/images.hpp"

using rdload::Format;
using rdload::Image;
using rdload::Kind;
using rdload::Rows;

namespace {

Image look(const std::string& image, Rows rows = Rows::all) {
  return rdload::identify(images::bytes(image), rows);
}

std::string blank(std::size_t bytes = rdload::identify_window) {
  return std::string(bytes, '\0');
}

}  // namespace

// Statement 1: the order is the table's, so that a gzip magic beats an ext2 superblock.
BOOST_AUTO_TEST_CASE(s01_earlier_rows_win) {
  std::string image = images::ext2(4);
  images::put(image, 16 + 1024, 0x137f, 2);  // minix before ext2
  BOOST_TEST(look(image).name == std::string_view("Minix"));
  images::put(image, 512, 0x28cd3d45, 4);  // cramfs at 512 before minix
  images::put(image, 512 + 4, 2048, 4);
  BOOST_TEST(look(image).name == std::string_view("cramfs"));
  images::put(image, 0, 0x73717368, 4);  // squashfs before the second cramfs
  BOOST_TEST(look(image).name == std::string_view("squashfs"));
  image.replace(0, 8, "-rom1fs-");
  BOOST_TEST(look(image).name == std::string_view("romfs"));
  image.replace(0, 2, "\x1f\x8b");
  BOOST_TEST(look(image).name == std::string_view("gzip"));
  BOOST_TEST((look(image).kind == Kind::compressed));
}

// Statement 2: what is not there reads as zero, never as what was there before.
BOOST_AUTO_TEST_CASE(s02_a_short_image_matches_nothing_stale) {
  BOOST_TEST((look(std::string(600, '\0')).kind == Kind::unknown));
  const std::string whole = images::ext2(4);
  for (const std::size_t length : {0u, 1u, 600u, 1024u + 0x39})
    BOOST_TEST((look(whole.substr(0, length)).kind == Kind::unknown), length);
  BOOST_TEST((look("\x1f").kind == Kind::unknown));
}

// Statement 3: ext2 counts blocks of 1024 << s_log_block_size bytes.
BOOST_AUTO_TEST_CASE(s03_ext2_sizes) {
  BOOST_TEST(look(images::ext2(4, 4096)).size_kib.value() == 4096u);
  BOOST_TEST(look(images::ext2(4, 1024, 2)).size_kib.value() == 4096u);
  BOOST_TEST(look(images::ext2(4, 1, 6)).size_kib.value() == 64u);
  BOOST_TEST(look(images::ext2(4, 4096)).flaw == nullptr);
  BOOST_TEST(look(images::ext2(4, 4096, 7)).flaw != nullptr);
  BOOST_TEST(look(images::ext2(4, 4096, 0xffffffff)).flaw != nullptr);
  BOOST_TEST((look(images::ext2(4, 0)).kind == Kind::unknown));  // as in the kernel
}

BOOST_AUTO_TEST_CASE(ext_generations) {
  std::string image = images::ext2(4);
  BOOST_TEST(look(image).detail == std::string_view("ext2"));
  images::put(image, 1024 + 0x5c, 0x4, 4);
  BOOST_TEST(look(image).detail == std::string_view("ext3"));
  images::put(image, 1024 + 0x60, 0x40, 4);
  BOOST_TEST(look(image).detail == std::string_view("ext4"));
  BOOST_TEST(look(image).name == std::string_view("ext2"));
  images::put(image, 1024 + 0x60, 0x80, 4);  // 64bit: the count has an upper half
  images::put(image, 1024 + 0x150, 1, 4);
  BOOST_TEST(look(image).size_kib.value() == (1ull << 32) + 4);
}

BOOST_AUTO_TEST_CASE(sizes_are_rounded_up_to_kib) {
  std::string romfs = blank(512);
  romfs.replace(0, 8, "-rom1fs-");
  images::put_big(romfs, 8, 1025, 4);
  BOOST_TEST(look(romfs).size_kib.value() == 2u);
  BOOST_TEST(look(romfs).size_bytes == 1025u);

  for (const std::size_t at : {0u, 512u}) {
    std::string cramfs = blank(2048);
    images::put(cramfs, at, 0x28cd3d45, 4);
    images::put(cramfs, at + 4, 4097, 4);
    BOOST_TEST(look(cramfs).size_kib.value() == 5u, at);
  }

  std::string squashfs = blank(512);
  images::put(squashfs, 0, 0x73717368, 4);
  images::put(squashfs, 40, (5ull << 30) + 1, 8);
  BOOST_TEST(look(squashfs).size_kib.value() == (5u << 20) + 1u);
  images::put(squashfs, 40, 0, 8);
  BOOST_TEST(look(squashfs).flaw != nullptr);
}

BOOST_AUTO_TEST_CASE(minix_generations) {
  struct Case {
    unsigned magic;
    bool kernel;
  };
  for (const Case c :
       {Case{0x137f, true}, Case{0x138f, true}, Case{0x2468, false}, Case{0x2478, false}}) {
    std::string image = blank(2048);
    images::put(image, 1024 + 16, c.magic, 2);
    images::put(image, 1024 + 2, 360, 2);   // v1
    images::put(image, 1024 + 20, 360, 4);  // v2
    images::put(image, 1024 + 10, 1, 2);
    BOOST_TEST(look(image).size_kib.value() == 720u, c.magic);
    BOOST_TEST((look(image, Rows::kernel).kind == Kind::filesystem) == c.kernel, c.magic);
  }
  std::string third = blank(2048);
  images::put(third, 1024 + 24, 0x4d5a, 2);
  images::put(third, 1024 + 20, 100, 4);
  images::put(third, 1024 + 28, 4096, 2);
  BOOST_TEST(look(third).size_kib.value() == 400u);
  images::put(third, 1024 + 28, 100, 2);
  BOOST_TEST(look(third).flaw != nullptr);
}

BOOST_AUTO_TEST_CASE(compressions_by_their_first_two_bytes) {
  struct Case {
    std::string_view magic;
    Format format;
    const char* name;
  };
  const Case cases[] = {
      {"\x1f\x8b", Format::gzip, "gzip"}, {"\x1f\x9e", Format::pack, "gzip"},
      {"BZ", Format::bzip2, "bzip2"},     {{"\x5d\x00", 2}, Format::lzma, "lzma"},
      {"\xfd\x37", Format::xz, "xz"},     {"\x89\x4c", Format::lzo, "lzo"},
      {"\x02\x21", Format::lz4, "lz4"},   {"\x28\xb5", Format::zstd, "zstd"},
  };
  for (const Case& c : cases) {
    std::string image = blank(512);
    image.replace(0, 2, c.magic);
    const Image found = look(image, Rows::kernel);
    BOOST_TEST((found.format == c.format), c.name);
    BOOST_TEST((found.kind == Kind::compressed), c.name);
    BOOST_TEST(found.name == std::string_view(c.name));
    BOOST_TEST(!found.size_kib.has_value());
  }
}

BOOST_AUTO_TEST_CASE(formats_beyond_the_kernel) {
  std::string image = blank();
  image.replace(0, 4, "\x04\x22\x4d\x18");
  BOOST_TEST((look(image).format == Format::lz4_frame));
  BOOST_TEST((look(image, Rows::kernel).kind == Kind::unknown));

  image = blank();
  image.replace(0, 6, "070701");
  BOOST_TEST((look(image).kind == Kind::archive));

  image = blank();
  images::put(image, 1024, 0xe0f5e1e2, 4);
  images::put(image, 1024 + 12, 12, 1);
  images::put(image, 1024 + 36, 25, 4);
  BOOST_TEST(look(image).size_kib.value() == 100u);
  images::put(image, 1024 + 12, 60, 1);
  BOOST_TEST(look(image).flaw != nullptr);

  image = blank();
  image.replace(32768, 6,
                "\x01"
                "CD001");
  images::put(image, 32768 + 80, 300, 4);
  images::put(image, 32768 + 128, 2048, 2);
  BOOST_TEST(look(image).size_kib.value() == 600u);

  image = blank();
  image.replace(65536 + 64, 8, "_BHRfS_M");
  images::put(image, 65536 + 112, 128ull << 20, 8);
  BOOST_TEST(look(image).size_kib.value() == 128u << 10);

  image = blank();
  images::put_big(image, 0, 0x27051956, 4);
  images::put_big(image, 12, 4711, 4);
  BOOST_TEST((look(image).kind == Kind::wrapper));
  BOOST_TEST(look(image).payload_bytes == 4711u);
}
