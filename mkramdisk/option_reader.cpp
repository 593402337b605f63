#include "mkramdisk/option_reader.hpp"

#include <exception>

#include "common/sizes.hpp"

namespace mkramdisk {

namespace po = boost::program_options;
using common::Error;
using common::Failure;

common::Result<GivenOptions> parse_words(std::span<const std::string> words,
                                         const po::options_description& known,
                                         const po::positional_options_description& operands) {
  GivenOptions given;
  try {
    po::store(
        po::command_line_parser(std::vector<std::string>(words.begin(), words.end()))
            .options(known)
            .positional(operands)
            .style(po::command_line_style::unix_style & ~po::command_line_style::allow_guessing)
            .run(),
        given);
    po::notify(given);
  } catch (const std::exception& error) {
    return Error::of(Failure::usage, "%s", error.what());
  }
  return given;
}

Error bad_value(const char* option, const std::string& value, const char* wanted) {
  return Error::of(Failure::usage, "--%s '%.80s': wanted is %s", option, value.c_str(), wanted);
}

std::string OptionReader::text(const char* name) const {
  return has(name) ? given_[name].as<std::string>() : std::string();
}

std::vector<std::string> OptionReader::texts(const char* name) const {
  return has(name) ? given_[name].as<std::vector<std::string>>() : std::vector<std::string>();
}

std::optional<std::uint64_t> OptionReader::number(const char* name, std::uint64_t least,
                                                  std::uint64_t most, const char* wanted) {
  if (!has(name)) return std::nullopt;
  const auto value = common::parse_decimal(text(name));
  if (value && *value >= least && *value <= most) return value;
  fail(bad_value(name, text(name), wanted));
  return std::nullopt;
}

}  // namespace mkramdisk
