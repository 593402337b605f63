// linuxrc's SHA-256 against the examples of FIPS 180-4 and against libcrypto's.
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

#include "linuxrc/sha256.hpp"
#include "rdload/sha256.hpp"

namespace {

using Bytes = std::vector<unsigned char>;

std::string hexadecimal(const linuxrc::Sha256::Sum& sum) {
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : sum) {
    text += digits[byte / 16];
    text += digits[byte % 16];
  }
  return text;
}

std::string sum_of(std::string_view text) {
  linuxrc::Sha256 sum;
  sum.update(Bytes(text.begin(), text.end()));
  return hexadecimal(sum.finish());
}

}  // namespace

BOOST_AUTO_TEST_CASE(examples_of_the_standard) {
  BOOST_TEST(sum_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(sum_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(sum_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
             "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  BOOST_TEST(sum_of(std::string(1000000, 'a')) ==
             "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

BOOST_AUTO_TEST_CASE(every_length_in_pieces_as_libcrypto) {
  std::mt19937 random(1);
  for (std::size_t length = 0; length < 400; ++length) {
    Bytes bytes(length);
    for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(random());
    linuxrc::Sha256 ours;
    for (std::size_t at = 0; at < length;) {
      const std::size_t now = std::min<std::size_t>(1 + random() % 130, length - at);
      ours.update(std::span(bytes).subspan(at, now));
      at += now;
    }
    rdload::Sha256 theirs;
    theirs.update(std::as_bytes(std::span(bytes)));
    std::array<std::byte, rdload::Digest::most_bytes> expected{};
    BOOST_TEST_REQUIRE(theirs.finish(expected.data()) == 32U);
    const auto sum = ours.finish();
    BOOST_TEST(std::equal(sum.begin(), sum.end(), expected.begin(),
                          [](unsigned char a, std::byte b) { return std::byte{a} == b; }),
               length << " bytes");
  }
}
