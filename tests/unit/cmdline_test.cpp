#include "common/cmdline.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using common::CommandLine;

namespace {

std::string value_of(std::string_view line, std::string_view name) {
  CommandLine parsed;
  BOOST_TEST(parsed.parse(line).ok());
  const char* value = parsed.value(name);
  return value == nullptr ? "(none)" : value;
}

}  // namespace

BOOST_AUTO_TEST_CASE(words_split_at_white_space) {
  CommandLine line;
  BOOST_TEST(line.parse("root=/dev/vda  ro\tquiet\n").ok());
  BOOST_TEST(line.words().size() == 3u);
  BOOST_TEST(line.words()[0].name() == "root");
  BOOST_TEST(line.words()[0].text == "root=/dev/vda");
  BOOST_TEST(line.has("ro"));
  BOOST_TEST(line.has("quiet"));
  BOOST_TEST(!line.has("rw"));
  BOOST_TEST(!line.has("root"));
}

BOOST_AUTO_TEST_CASE(the_last_value_wins) {
  BOOST_TEST(value_of("root=/dev/a root=/dev/b", "root") == "/dev/b");
}

BOOST_AUTO_TEST_CASE(dash_and_underscore_are_one_letter) {
  BOOST_TEST(value_of("real-root=/dev/a", "real_root") == "/dev/a");
}

BOOST_AUTO_TEST_CASE(quotes_as_in_next_arg) {
  BOOST_TEST(value_of("a=\"b c\" d", "a") == "b c");
  BOOST_TEST(value_of("\"a=b c\" d", "a") == "b c");
  BOOST_TEST(value_of("a=b\"c d\"e", "a") == "b\"c d\"e");
  BOOST_TEST(value_of("a=\"\" d", "a") == "");
  BOOST_TEST(value_of("a=\"", "a") == "");
  BOOST_TEST(value_of("a=\"open end", "a") == "open end");
  CommandLine line;
  BOOST_TEST(line.parse("a=\"b c\" d").ok());
  BOOST_TEST(line.words()[0].text == "a=b c");
  BOOST_TEST(line.words().size() == 2u);
}

BOOST_AUTO_TEST_CASE(odd_words_do_no_harm) {
  for (const char* text : {"", " ", "\"", "\"\"", "=", "=x", "==", "a=", "\"=\"", "--", "-- --"}) {
    CommandLine line;
    BOOST_TEST(line.parse(text).ok(), text);
  }
  BOOST_TEST(value_of("a=", "a") == "");
}

BOOST_AUTO_TEST_CASE(words_after_two_dashes_are_for_init) {
  CommandLine line;
  BOOST_TEST(line.parse("ro -- root=/dev/x single").ok());
  BOOST_TEST(line.value("root") == nullptr);
  BOOST_TEST(line.words().size() == 1u);
  BOOST_TEST(line.init_words().size() == 2u);
  BOOST_TEST(line.init_words()[0].text == "root=/dev/x");
}

BOOST_AUTO_TEST_CASE(configuration_lines_have_comments) {
  CommandLine line;
  BOOST_TEST(line.parse_lines("# where the root is\nreal_root=/dev/hda1  # ro\nrw\n").ok());
  BOOST_TEST(line.words().size() == 2u);
  BOOST_TEST(line.has("rw"));
  BOOST_TEST(line.value("real_root") == "/dev/hda1");
}

BOOST_AUTO_TEST_CASE(a_line_that_is_too_long_is_refused) {
  CommandLine line;
  BOOST_TEST(!line.parse(std::string(CommandLine::capacity + 1, 'x')).ok());
  BOOST_TEST(line.parse(std::string(CommandLine::capacity, 'x')).ok());
  std::string many;
  for (std::size_t i = 0; i <= CommandLine::most_words; ++i) many += "x ";
  BOOST_TEST(!line.parse(many).ok());
}
