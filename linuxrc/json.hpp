// JSON written into a buffer of fixed size. Pure.
#pragma once

#include <algorithm>
#include <string_view>

#include "common/text.hpp"

namespace linuxrc {

// What stands in a JSON string as it is.
inline bool is_plain(char c) {
  return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

// Appends `text` as a JSON string. A byte beyond ASCII stands as the character of that number: what
// comes from a disk need not be UTF-8, and JSON has to be.
template <std::size_t Capacity>
void append_json(common::Text<Capacity>& json, std::string_view text) {
  json.append("\"");
  while (!text.empty()) {
    const auto* const end = std::find_if_not(text.begin(), text.end(), is_plain);
    const auto plain = static_cast<std::size_t>(end - text.begin());
    json.append_text(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char c = text.front();
    if (c == '"' || c == '\\')
      json.append("\\%c", c);
    else
      json.append("\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    text.remove_prefix(1);
  }
  json.append("\"");
}

// "name":"text", with a comma behind it.
template <std::size_t Capacity>
void append_member(common::Text<Capacity>& json, const char* name, std::string_view text) {
  json.append("\"%s\":", name);
  append_json(json, text);
  json.append(",\n");
}

// A list of values that are added whole or, when there is no more room, left out.
template <std::size_t Capacity>
class JsonList {
 public:
  template <std::size_t Size>
  void add(const common::Text<Size>& value) {
    left_out_ = left_out_ || value.full() || value.size() + 3 >= Capacity - text_.size();
    if (!left_out_) text_.append_text(text_.empty() ? "" : ",\n").append_text(value.view());
  }
  void clear() {
    text_.clear();
    left_out_ = false;
  }
  [[nodiscard]] std::string_view view() const { return text_.view(); }
  [[nodiscard]] bool left_out() const { return left_out_; }

 private:
  common::Text<Capacity> text_;
  bool left_out_ = false;
};

}  // namespace linuxrc
