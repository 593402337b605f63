// What stands behind compressed bytes is found where they end, in every compression, wherever the
// source's blocks are cut.
#include <archive.h>
#include <archive_entry.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <random>

#include "mkramdisk/unpacked.hpp"

namespace {

using Text = std::string;

// A source of given bytes that come in pieces of `most`.
class Pieces : public mkramdisk::ByteSource {
 public:
  Pieces(Text bytes, std::size_t most) : bytes_(std::move(bytes)), most_(most) {}

 protected:
  common::Result<std::size_t> fill(std::span<std::byte> out) override {
    const std::size_t size = std::min({out.size(), most_, bytes_.size() - at_});
    std::memcpy(out.data(), bytes_.data() + at_, size);
    at_ += size;
    return size;
  }

 private:
  Text bytes_;
  std::size_t most_;
  std::size_t at_ = 0;
};

Text rest_of(mkramdisk::ByteSource& source) {
  Text all;
  for (;;) {
    const auto bytes = source.next();
    BOOST_REQUIRE_MESSAGE(bytes.ok(), (bytes ? "" : bytes.error().text()));
    if (bytes->empty()) return all;
    all.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
}

Text sample(std::size_t size) {
  std::mt19937 random(size);
  Text text(size, '\0');
  for (char& byte : text) byte = static_cast<char>("abcdefgh"[random() % 8]);
  return text;
}

// `text` through libarchive's filter `name`; empty where it has none.
Text packed(const char* name, const Text& text) {
  struct archive* const writer = archive_write_new();
  Text out(text.size() * 2 + 100000, '\0');
  std::size_t used = 0;
  const bool known = archive_write_add_filter_by_name(writer, name) == ARCHIVE_OK &&
                     archive_write_set_format_raw(writer) == ARCHIVE_OK &&
                     archive_write_set_bytes_in_last_block(writer, 1) == ARCHIVE_OK;
  if (known) {
    BOOST_REQUIRE_EQUAL(archive_write_open_memory(writer, out.data(), out.size(), &used),
                        ARCHIVE_OK);
    struct archive_entry* const entry = archive_entry_new();
    archive_entry_set_filetype(entry, AE_IFREG);
    BOOST_REQUIRE_EQUAL(archive_write_header(writer, entry), ARCHIVE_OK);
    BOOST_REQUIRE_EQUAL(archive_write_data(writer, text.data(), text.size()),
                        static_cast<la_ssize_t>(text.size()));
    archive_entry_free(entry);
    BOOST_REQUIRE_EQUAL(archive_write_close(writer), ARCHIVE_OK);
  }
  archive_write_free(writer);
  out.resize(used);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_follows_is_found) {
  const Text plain = sample(700000);
  for (const char* name : {"gzip", "bzip2", "lzma", "xz", "zstd", "lz4", "lzip"}) {
    const Text bytes = packed(name, plain);
    BOOST_TEST_REQUIRE(!bytes.empty(), name << " is not built into libarchive");
    for (const Text& after : {Text(), Text("070701 an archive"), Text(300000, '\0') + "x"})
      for (const std::size_t most : {std::size_t{17}, std::size_t{5000}, std::size_t{1} << 20}) {
        Pieces source(bytes + after, most);
        auto inner = mkramdisk::unpack(source, "name");
        BOOST_REQUIRE(inner && *inner);
        BOOST_TEST((rest_of(**inner) == plain), name << " in pieces of " << most);
        BOOST_TEST(source.position() == bytes.size(), name);
        BOOST_TEST((rest_of(source) == after), name << " in pieces of " << most);
      }
  }
}

BOOST_AUTO_TEST_CASE(compress_takes_all_that_there_is) {
  // As compress(1) writes it while its table is empty: bytes as codes of 9 bits, lowest bit first.
  const Text plain = sample(200);
  Text bytes = "\x1f\x9d\x90";
  bytes.resize(3 + (plain.size() * 9 + 7) / 8);
  for (std::size_t bit = 0; bit < plain.size() * 9; ++bit) {
    const unsigned set =
        bit % 9 < 8 ? (static_cast<unsigned>(plain[bit / 9]) >> (bit % 9)) & 1U : 0;
    bytes[3 + bit / 8] =
        static_cast<char>(bytes[3 + bit / 8] | static_cast<char>(set << (bit % 8)));
  }
  Pieces source(bytes, 1000);
  auto inner = mkramdisk::unpack(source, "name");
  BOOST_REQUIRE(inner && *inner);
  BOOST_TEST((rest_of(**inner) == plain));
  BOOST_TEST(rest_of(source).empty());
}

BOOST_AUTO_TEST_CASE(an_early_end_is_corrupt) {
  for (const char* name : {"gzip", "bzip2", "xz", "zstd", "lz4", "lzip"}) {
    const Text bytes = packed(name, sample(400000));
    Pieces source(bytes.substr(0, bytes.size() / 2), 100000);
    auto inner = mkramdisk::unpack(source, "name");
    BOOST_REQUIRE(inner && *inner);
    for (;;) {
      const auto got = (*inner)->next();
      if (got) {
        BOOST_TEST_REQUIRE(!got->empty(), name << " ends without a word");
        continue;
      }
      BOOST_TEST((got.error().kind() == common::Failure::corrupt), name);
      break;
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_compressed_stays) {
  for (const char* text : {"", "070701", "BZh9 is a name", "\x1f", "LZIP"}) {
    Pieces source(text, 30);
    auto inner = mkramdisk::unpack(source, "name");
    BOOST_REQUIRE(inner);
    BOOST_TEST(*inner == nullptr);
    BOOST_TEST(rest_of(source) == text);
  }
}

BOOST_AUTO_TEST_CASE(bytes_come_again) {
  const Text text = sample(900000);
  Pieces source(text, 300000);
  BOOST_TEST(source.next()->size() == mkramdisk::ByteSource::block);
  BOOST_TEST(source.next()->size() == mkramdisk::ByteSource::block);
  source.give_back(mkramdisk::ByteSource::block + 5);
  BOOST_TEST(source.position() == mkramdisk::ByteSource::block - 5);
  std::byte ahead[600000];
  BOOST_TEST(*source.peek(std::span(ahead).first(100)) == 100U);
  BOOST_TEST(std::memcmp(ahead, text.data() + source.position(), 100) == 0);
  BOOST_TEST((rest_of(source) == text.substr(mkramdisk::ByteSource::block - 5)));
  BOOST_TEST(source.next()->empty());
  BOOST_TEST(source.next()->empty());
  source.give_back(3);
  BOOST_TEST((rest_of(source) == text.substr(text.size() - 3)));
}
