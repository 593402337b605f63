// Names as they may stand in a message. They come from archives and command lines, and hold any
// byte.
#pragma once

#include <string>

namespace common {

// `text` with a question mark for each control character: a message stays one line, and a name in
// an archive cannot send orders to the terminal.
inline std::string on_one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = '?';
  return text;
}

}  // namespace common
