// The kernel command line, split as the kernel splits it (lib/cmdline.c, next_arg()).
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "common/error.hpp"

namespace common {

// One word. `text` is the whole word without its quotes, NUL-terminated: "root=/dev/vda", "ro".
struct Word {
  const char* text;
  std::size_t name_length;
  const char* value;  // what follows the first '=', or nullptr when there is none

  [[nodiscard]] std::string_view name() const { return {text, name_length}; }
  // Names compare as the kernel's parameq() does: '-' and '_' are the same letter.
  [[nodiscard]] bool is(std::string_view name) const;
};

class CommandLine {
 public:
  // The largest COMMAND_LINE_SIZE of any architecture is 4096 bytes; a file may be longer.
  static constexpr std::size_t capacity = 8192;
  static constexpr std::size_t most_words = 512;

  CommandLine() = default;
  CommandLine(const CommandLine&) = delete;  // words point into the text
  CommandLine& operator=(const CommandLine&) = delete;

  // Splits `text` at white space outside double quotes, replacing what was parsed before.
  // Fails (usage) when it is longer than capacity or has more than most_words words.
  Status parse(std::string_view text);
  // As parse, for a file of one word a line: '#' begins a comment that ends with the line.
  Status parse_lines(std::string_view text);

  // Words before "--", in order.
  [[nodiscard]] std::span<const Word> words() const { return {words_.data(), own_count_}; }
  // Words after "--": the kernel hands them to init unread.
  [[nodiscard]] std::span<const Word> init_words() const {
    return {words_.data() + own_count_, count_ - own_count_};
  }

  // Another number after each parse: what was read of the words is out of date then.
  [[nodiscard]] unsigned revision() const { return revision_; }

  // The value of the last word NAME=VALUE (the kernel's later words win), or nullptr.
  [[nodiscard]] const char* value(std::string_view name) const;
  // True when the bare word is there.
  [[nodiscard]] bool has(std::string_view name) const;

 private:
  Status split();

  // Not cleared, since only what was parsed is read: the two command lines of linuxrc would take
  // 46,000 instructions at each start, most of them in page faults.
  std::array<char, capacity + 1> text_;
  std::array<Word, most_words> words_;
  std::size_t count_ = 0;
  std::size_t own_count_ = 0;
  unsigned revision_ = 0;
};

}  // namespace common
