#include "mkramdisk/option_reader.hpp"

#include <exception>

#include "common/sizes.hpp"

namespace mkramdisk {

namespace po = boost::program_options;
using common::Error;
using common::Failure;

namespace {

// The first option whose value has no characters, as from a script's variable that was never set.
// It would look like one that was not given: an initramfs without its modules. A label and a
// command line may be empty, and no file has an empty name, which is said where it is opened.
std::string first_empty(const po::parsed_options& parsed) {
  for (const po::option& option : parsed.options) {
    if (option.position_key >= 0 || option.string_key == "label" || option.string_key == "cmdline")
      continue;
    for (const std::string& value : option.value)
      if (value.empty()) return option.string_key;
  }
  return "";
}

}  // namespace

common::Result<GivenOptions> parse_words(std::span<const std::string> words,
                                         const po::options_description& known,
                                         const po::positional_options_description& operands) {
  GivenOptions given;
  try {
    const auto parsed =
        po::command_line_parser(std::vector<std::string>(words.begin(), words.end()))
            .options(known)
            .positional(operands)
            .style(po::command_line_style::unix_style & ~po::command_line_style::allow_guessing)
            .run();
    if (const std::string empty = first_empty(parsed); !empty.empty())
      return Error::of(Failure::usage, "--%s: its value is empty", empty.c_str());
    po::store(parsed, given);
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
