// What the two readers of archives have in common: bytes in a row, and paths that lead nowhere
// else.
#pragma once

#include <array>

#include "linuxrc/archive.hpp"

namespace linuxrc {

// A whole path, with its NUL: what is longer the kernel does not take either (PATH_MAX).
constexpr std::size_t longest_path = 4096;
using PathText = std::array<char, longest_path>;

class ArchiveInput {
 public:
  ArchiveInput(ByteSource& bytes, std::span<const char> head, const char* name)
      : bytes_(bytes), head_(head), name_(name) {}

  // As many as there are, up to all of `room`.
  common::Result<std::size_t> read(std::span<char> room);
  // Fills `room`, or says that the archive is cut short.
  common::Status take(std::span<char> room);
  common::Status skip(std::uint64_t bytes);
  // The contents of a regular file: begin() was called, end() is to come. Adds the bytes up, as
  // cpio's checksum has them, unless `sum` is nullptr.
  common::Status pass(std::uint64_t bytes, MemberSink& sink, std::uint32_t* sum);

  // "NAME: WHY, at byte 512"
  [[nodiscard]] common::Error damaged(const char* why) const;
  [[nodiscard]] common::Error unusable(const char* path, const char* why) const;
  [[nodiscard]] std::uint64_t position() const { return position_; }

 private:
  ByteSource& bytes_;
  std::span<const char> head_;
  const char* name_;
  std::uint64_t position_ = 0;
};

// "./usr//bin/" as "/usr/bin", and "." as "". An error, as ArchiveInput::damaged(), for a part ".."
// and for what is too long.
common::Status clean_path(const ArchiveInput& input, std::string_view raw, PathText& path);

common::Status read_tar(ArchiveInput& input, MemberSink& sink);
bool is_tar(std::span<const char> head);
common::Status read_cpio(ArchiveInput& input, MemberSink& sink);
bool is_cpio(std::span<const char> head);

}  // namespace linuxrc
