// What each kernel line does with an image, as --identify tells it: which formats each knows since
// when, and what is peculiar.
#include <boost/test/unit_test.hpp>
#include <sstream>
#include <string>

#include "rdload/rdload_main.hpp"
#include "rdload/verdict.hpp"
#include "tests/rdload/images.hpp"
#include "tests/rdload/workplace.hpp"

namespace {

using rdload::Format;
using rdload::ImageFacts;

ImageFacts look(const std::string& start) {
  ImageFacts facts;
  std::string image = start;
  image.resize(70000);
  facts.image = rdload::identify(images::bytes(image));
  facts.size_kib = facts.image.size_kib;
  return facts;
}

std::string outcomes(const ImageFacts& facts) {
  std::string all;
  for (const rdload::Verdict& verdict : rdload::verdicts(facts))
    all += std::string(all.empty() ? "" : ", ") + verdict.outcome;
  return all;
}

std::string remark(const ImageFacts& facts, std::size_t line) {
  return rdload::verdicts(facts).at(line).remark;
}

}  // namespace

// From the histories of init/do_mounts_rd.c and lib/decompress.c. A version within a line is a
// remark of that line.
BOOST_AUTO_TEST_CASE(compressions_since) {
  struct Case {
    const char* start;
    std::size_t size;
    const char* outcomes;  // 2.4, 2.6, 6.x, 7.x
    std::size_t line;      // whose remark
    const char* remark;
  };
  constexpr const char* all = "loads, loads, loads, loads";
  constexpr const char* not_2_4 = "not found, loads, loads, loads";
  constexpr const char* not_2 = "not found, not found, loads, loads";
  const Case cases[] = {
      {"\x1f\x8b\x08\0", 4, all, 1, "needs CONFIG_RD_GZIP"},
      {"\x1f\x9e\x08\0", 4, "refuses, refuses, refuses, refuses", 0, ""},
      {"BZh9", 4, not_2_4, 1, "from 2.6.30 on; needs CONFIG_RD_BZIP2"},
      {"\x5d\0\0\x80", 4, not_2_4, 1, "from 2.6.30 on; needs CONFIG_RD_LZMA"},
      {"\xfd\x37zXZ\0\0\x01", 8, not_2_4, 1, "from 2.6.38 on; needs CONFIG_RD_XZ"},
      {"\xfd\x37zXZ\0\0\x04", 8, "not found, refuses, refuses, refuses", 2,
       "the kernel's xz knows no check but CRC32"},
      {"\x89LZO\0\r\n\x1a\n", 9, not_2_4, 1, "from 2.6.33 on; needs CONFIG_RD_LZO"},
      {"\x02\x21\x4c\x18", 4, not_2, 2, "from 3.11 on; needs CONFIG_RD_LZ4"},
      {"\x04\x22\x4d\x18", 4, "not found, not found, not found, not found", 2, ""},
      {"\x28\xb5\x2f\xfd", 4, not_2, 2, "from 5.9 on; needs CONFIG_RD_ZSTD"},
  };
  for (const Case& c : cases) {
    const ImageFacts facts = look(std::string(c.start, c.size));
    BOOST_TEST_CONTEXT(facts.image.detail) {
      BOOST_TEST(outcomes(facts) == c.outcomes);
      if (*c.remark != '\0') BOOST_TEST(remark(facts, c.line) == c.remark);
    }
  }
}

BOOST_AUTO_TEST_CASE(file_systems_since) {
  std::string squashfs(100, '\0');
  images::put(squashfs, 0, 0x73717368, 4);
  images::put(squashfs, 40, 4096, 8);
  BOOST_TEST(outcomes(look(squashfs)) == "not found, loads, loads, loads");
  BOOST_TEST(remark(look(squashfs), 1) == "from 2.6.29 on; needs CONFIG_SQUASHFS");
  std::string cramfs(100, '\0');
  images::put(cramfs, 0, 0x28cd3d45, 4);
  images::put(cramfs, 4, 4096, 4);
  BOOST_TEST(outcomes(look(cramfs)) == "not found, loads, loads, loads");
  std::string romfs = "-rom1fs-";
  images::put_big(romfs.append(8, '\0'), 8, 4096, 4);
  BOOST_TEST(outcomes(look(romfs)) == "loads, loads, loads, loads");
  // 2.4 takes the number of blocks for KiB.
  BOOST_TEST(outcomes(look(images::ext2(64, 16, 2))) == "cut short, loads, loads, loads");
  // erofs: no kernel looks for it.
  std::string erofs(1200, '\0');
  images::put(erofs, 1024, 0xe0f5e1e2, 4);
  images::put(erofs, 1024 + 12, 12, 1);
  images::put(erofs, 1024 + 36, 4, 4);
  BOOST_TEST((look(erofs).image.format == Format::erofs));
  BOOST_TEST(outcomes(look(erofs)) == "not found, not found, not found, not found");
}

BOOST_AUTO_TEST_CASE(what_7_does_not_do_any_more) {
  const std::string only = "with root=/dev/ram0 only, and /linuxrc is never run by the kernel";
  BOOST_TEST(remark(look(images::ext2(64)), 3).ends_with(only));
  BOOST_TEST(remark(look(images::ext2(64)), 2).find(only) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(wrapped_short_and_archived) {
  ImageFacts wrapped = look(std::string("\x1f\x8b\x08\0", 4));
  wrapped.wrapped = true;
  BOOST_TEST(outcomes(wrapped) == "not found, not found, not found, not found");
  BOOST_TEST(remark(wrapped, 0) == "U-Boot takes the uImage header off before the kernel");
  ImageFacts short_one = look(images::ext2(64));
  short_one.source_bytes = 65535;
  BOOST_TEST(remark(short_one, 0).starts_with("the source is too short: its last KiB is repeated"));
  short_one.source_bytes = 65536;
  BOOST_TEST(remark(short_one, 0).empty());
  BOOST_TEST(outcomes(look("070701" + std::string(600, '0'))) ==
             "not found, unpacks, unpacks, unpacks");
  BOOST_TEST(outcomes(look("nothing")) == "not found, not found, not found, not found");
}

// The same as JSON, for a compression.
BOOST_FIXTURE_TEST_CASE(as_json, Workplace) {
  const std::string source = write("image", images::gzip(images::ext2(64)));
  std::ostringstream out;
  std::istringstream in;
  std::ostringstream err;
  BOOST_TEST(rdload::rdload_main({"--identify", "--json", source}, {out, err, in, false, {}}) == 0);
  const std::string json = out.str();
  for (const char* const part :
       {R"("kind":"compressed","format":"gzip","detail":"gzip","uimage":false)",
        R"("inner_kind":"filesystem","inner_format":"ext2","inner_problem":"","decoder":")",
        R"({"kernel":"2.4","outcome":"loads","remark":""})",
        R"({"kernel":"2.6","outcome":"loads","remark":"needs CONFIG_RD_GZIP"})",
        R"({"kernel":"6.x","outcome":"loads","remark":"needs CONFIG_RD_GZIP"})",
        R"({"kernel":"7.x","outcome":"loads","remark":"needs CONFIG_RD_GZIP; with root=/dev/ram0)"})
    BOOST_TEST(json.find(part) != std::string::npos, part << " is not in " << json);
}
