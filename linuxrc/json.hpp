// JSON written into a buffer of fixed size. Pure.
#pragma once

#include <string_view>

#include "common/text.hpp"

namespace linuxrc {

// Appends `text` as a JSON string. A byte beyond ASCII stands as the character of that number: what
// comes from a disk need not be UTF-8, and JSON has to be.
template <std::size_t Capacity>
void append_json(common::Text<Capacity>& json, std::string_view text) {
  json.append("\"");
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      json.append("\\%c", c);
    else if (byte < ' ' || byte > '~')
      json.append("\\u%04x", static_cast<unsigned>(byte));
    else
      json.append("%c", c);
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
    if (!left_out_) text_.append("%s%s", text_.empty() ? "" : ",\n", value.c_str());
  }
  void clear() { *this = {}; }
  [[nodiscard]] const char* c_str() const { return text_.c_str(); }
  [[nodiscard]] bool left_out() const { return left_out_; }

 private:
  common::Text<Capacity> text_;
  bool left_out_ = false;
};

}  // namespace linuxrc
