// A text read line by line, and a line field by field.
#pragma once

#include <optional>
#include <string_view>

namespace common {

// Takes the first line off `text` and gives it without its newline; nothing when `text` is empty.
// A last line without a newline is a line as well.
inline std::optional<std::string_view> next_line(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const auto end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

// Field number `at`, from 0, of what single characters `separator` part; empty when there are
// fewer.
inline std::string_view field_of(std::string_view text, char separator, unsigned at) {
  for (; at > 0; --at) {
    const auto end = text.find(separator);
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find(separator));
}

}  // namespace common
