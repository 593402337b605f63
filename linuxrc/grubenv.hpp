// GRUB's environment block: 1024 bytes of "NAME=VALUE" lines that the boot loader reads and writes
// in place, by the disk blocks they lie in. Pure: the caller reads and writes the file.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "common/error.hpp"

namespace linuxrc {

// The format is that of GRUB 2 (grub-editenv): a first line of its own, the variables, and '#' to
// the end. In a value a backslash takes the meaning from the character behind it, which is how a
// value has a newline. Other lines that begin with '#' are comments and stay.
class GrubEnv {
 public:
  static constexpr std::size_t size = 1024;  // bytes, as grub-editenv makes it

  // The error (corrupt) names what is wrong: another length or first line, or no end.
  static common::Result<GrubEnv> parse(std::span<const char> block);

  // The value of `name` without its backslashes, in `buffer`, cut to fit; nothing when there is
  // none.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name,
                                                    std::span<char> buffer) const;
  // Gives `name` this value. False when there is no room: then nothing has changed.
  bool set(std::string_view name, std::string_view value);
  void unset(std::string_view name);

  // All of it, for one write.
  [[nodiscard]] std::string_view block() const { return {block_.data(), block_.size()}; }

 private:
  struct Line {
    std::size_t begin = 0;
    std::size_t end = 0;  // behind its newline
  };
  [[nodiscard]] Line line_at(std::size_t begin) const;
  [[nodiscard]] std::optional<Line> find(std::string_view name) const;

  std::array<char, size> block_{};
  std::size_t used_ = 0;  // where the padding begins
};

}  // namespace linuxrc
