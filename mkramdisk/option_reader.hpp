// Reading a command line by Boost.Program_options, for all of mkramdisk's command lines.
#pragma once

#include <boost/program_options.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/error.hpp"

namespace mkramdisk {

using GivenOptions = boost::program_options::variables_map;

// Options are not guessed from their beginnings: those of a script would change with the next
// version. Errors: usage.
common::Result<GivenOptions> parse_words(
    std::span<const std::string> words, const boost::program_options::options_description& known,
    const boost::program_options::positional_options_description& operands);

// What is said of an option's value that makes no sense.
common::Error bad_value(const char* option, const std::string& value, const char* wanted);

// Takes options one by one and keeps the first thing that is wrong. `given` must outlive it.
class OptionReader {
 public:
  explicit OptionReader(const GivenOptions& given) : given_(given) {}

  [[nodiscard]] bool has(const char* name) const { return given_.count(name) != 0; }
  // Empty when the option was not given.
  [[nodiscard]] std::string text(const char* name) const;
  [[nodiscard]] std::vector<std::string> texts(const char* name) const;
  // Null when the option was not given, or is no number from `least` to `most`, which fails.
  std::optional<std::uint64_t> number(const char* name, std::uint64_t least, std::uint64_t most,
                                      const char* wanted);
  void fail(const common::Error& error) {
    if (!failed) failed = error;
  }
  std::optional<common::Error> failed;

 private:
  const GivenOptions& given_;
};

}  // namespace mkramdisk
