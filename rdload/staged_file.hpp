// A file that gets its name only when it is complete.
#pragma once

#include <cstddef>
#include <utility>

#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "rdload/buffer.hpp"

namespace rdload {

class StagedFile {
 public:
  // Makes a nameless file (O_TMPFILE) in the directory of `path`, or one beside it where the file
  // system has none such, which is removed again unless publish() is called. A symbolic link is
  // followed. Where `path` exists the new file takes over its owner and mode.
  static common::Result<StagedFile> open(const char* path);

  StagedFile() = default;
  StagedFile(StagedFile&& other) noexcept { *this = std::move(other); }
  StagedFile& operator=(StagedFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(names_, other.names_);
    std::swap(named_, other.named_);
    return *this;
  }
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;
  ~StagedFile();

  // Puts the file behind `fd`, which open() gave through take_fd(), under its name at one stroke.
  common::Status publish(int fd);
  common::UniqueFd take_fd() { return std::move(fd_); }

 private:
  common::Status take_over(const char* path);
  [[nodiscard]] const char* final_name() const;
  [[nodiscard]] char* temporary_name() const;

  common::UniqueFd fd_;
  Buffer names_;  // the final name, and after it the temporary one
  bool named_ = false;
};

}  // namespace rdload
