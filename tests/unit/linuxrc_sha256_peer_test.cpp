// linuxrc's SHA-256 against libcrypto's.
#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <random>
#include <span>
#include <vector>

#include "linuxrc/sha256.hpp"
#include "rdload/sha256.hpp"

BOOST_AUTO_TEST_CASE(every_length_in_pieces_as_libcrypto) {
  std::mt19937 random(1);
  for (std::size_t length = 0; length < 400; ++length) {
    std::vector<unsigned char> bytes(length);
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
