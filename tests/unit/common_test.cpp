#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "common/errno_text.hpp"
#include "common/error.hpp"
#include "common/io.hpp"
#include "common/one_line.hpp"
#include "common/sizes.hpp"
#include "common/text.hpp"

using common::Error;
using common::Failure;

BOOST_AUTO_TEST_CASE(sizes_as_people_write_them) {
  BOOST_TEST(common::parse_size("4096k").value() == 4096u * 1024);
  BOOST_TEST(common::parse_size("8M").value() == 8u << 20);
  BOOST_TEST(common::parse_size("0").value() == 0u);
  BOOST_TEST(common::parse_size("16777215T").value() == 16777215ull << 40);
  for (const char* bad : {"", "k", "-1", "1.5m", "4 k", "4kk", "16777216T", "18446744073709551616"})
    BOOST_TEST(!common::parse_size(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(numbers_as_in_c) {
  BOOST_TEST(common::parse_c_number("0x301").value() == 0x301u);
  BOOST_TEST(common::parse_c_number("769").value() == 769u);
  BOOST_TEST(common::parse_c_number("0").value() == 0u);
  BOOST_TEST(common::parse_c_number("010").value() == 8u);
  for (const char* bad : {"", "0x", "x", "08", "3 "})
    BOOST_TEST(!common::parse_c_number(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(text_is_cut_and_marked) {
  common::Text<8> text;
  text.append("%s", "1234");
  BOOST_TEST(text.view() == "1234");
  text.append("%s", "567");
  BOOST_TEST(text.view() == "1234567");
  text.append("8");
  BOOST_TEST(text.view() == "1234...");
  BOOST_TEST(text.full());
}

BOOST_AUTO_TEST_CASE(an_error_names_call_object_and_reason) {
  const Error error = Error::system(ENODEV, "mount %s on %s", "/dev/sda1", "/root");
  BOOST_TEST(std::string_view(error.text()) == "mount /dev/sda1 on /root: No such device");
  BOOST_TEST(error.errno_value() == ENODEV);
  BOOST_TEST(error.exit_code() == 1);
  BOOST_TEST(Error::of(Failure::corrupt, "x").exit_code() == 5);
}

BOOST_AUTO_TEST_CASE(the_reason_outlives_a_long_path) {
  const std::string path(4000, 'p');
  for (const int number : {ENAMETOOLONG, EILSEQ, 4242}) {  // EILSEQ has the longest text
    const std::string said = Error::system(number, "open %s", path.c_str()).text();
    const char* const reason = common::errno_text(number);
    BOOST_TEST(said.starts_with("open pppp"));
    BOOST_TEST(
        said.ends_with(reason != nullptr ? std::string("ppp: ") + reason : "ppp: error 4242"));
  }
}

BOOST_AUTO_TEST_CASE(names_in_messages_have_no_control_characters) {
  BOOST_TEST(common::on_one_line("a\nb\x1b[31m\x7f\t") == "a?b?[31m??");
  BOOST_TEST(common::on_one_line("gr\xc3\xbc\xc3\x9f") == "gr\xc3\xbc\xc3\x9f");
  BOOST_TEST(common::on_one_line("").empty());
}

BOOST_AUTO_TEST_CASE(a_text_file_must_fit) {
  std::array<char, 4> small{};
  const auto missing = common::read_text("/does/not/exist", small);
  BOOST_TEST(std::string_view(missing.error().text()) ==
             "open /does/not/exist: No such file or directory");
  const auto cut = common::read_text("/proc/self/status", small);
  BOOST_TEST(cut.error().errno_value() == EFBIG);
}

BOOST_AUTO_TEST_CASE(a_full_device_is_an_error) {
  auto full = common::open_file("/dev/full", O_WRONLY);
  BOOST_TEST_REQUIRE(full.ok());
  const std::array<std::byte, 16> data{};
  const auto status = common::write_full(full->get(), data, "/dev/full");
  BOOST_TEST(std::string_view(status.error().text()) == "write /dev/full: No space left on device");
}

BOOST_AUTO_TEST_CASE(calls_are_repeated_until_full) {
  // What a call moves each time: less than asked, interrupted, then the end or an error.
  const auto moved = [](std::vector<ssize_t> answers) {
    std::size_t next = 0;
    return common::repeat_until_full(10, [&](std::size_t) { return answers.at(next++); });
  };
  BOOST_TEST(moved({4, -EINTR, 6}) == 10);
  BOOST_TEST(moved({4, 0}) == 4);
  BOOST_TEST(moved({4, -EINTR, -EIO}) == -EIO);
}
