#include "linuxrc/module_parameters.hpp"

namespace linuxrc {
namespace {

int length_of(std::string_view text) {
  return static_cast<int>(text.size());
}

// The kernel's parser takes a value with blanks only in quotes, which the command line's took off.
void append_value(std::string_view value, ModuleParameters& parameters) {
  const bool has_blank = value.find_first_of(" \t\n") != std::string_view::npos;
  const char* const quote = has_blank ? "\"" : "";
  parameters.append("=%s%.*s%s", quote, length_of(value), value.data(), quote);
}

}  // namespace

void append_given_parameters(const common::CommandLine& command_line, std::string_view file,
                             ModuleParameters& parameters) {
  const std::string_view module = file.substr(0, file.find('.'));
  for (const common::Word& word : command_line.words()) {
    const std::string_view name = word.name();
    const auto dot = name.find('.');
    if (dot == std::string_view::npos || dot + 1 == name.size()) continue;
    // '-' and '_' are the same letter here, too.
    if (!common::Word{word.text, dot, nullptr}.is(module)) continue;
    parameters.append("%s%.*s", parameters.empty() ? "" : " ", length_of(name.substr(dot + 1)),
                      name.data() + dot + 1);
    if (word.value != nullptr) append_value(word.value, parameters);
  }
}

}  // namespace linuxrc
