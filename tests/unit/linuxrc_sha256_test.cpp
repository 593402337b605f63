// linuxrc's SHA-256 against the examples of FIPS 180-4.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "linuxrc/sha256.hpp"

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
