// libarchive reading from a ByteSource, which gets back what libarchive read too far.
#pragma once

#include <archive.h>

#include <memory>
#include <optional>
#include <string>

#include "mkramdisk/byte_source.hpp"

namespace mkramdisk {

class LibarchiveInput {
 public:
  // `source` must outlive it.
  explicit LibarchiveInput(ByteSource& source) : source_(source), handle_(archive_read_new()) {}

  // The reader, to choose formats and filters before open() and to read after it.
  [[nodiscard]] struct archive* handle() const { return handle_.get(); }
  [[nodiscard]] bool open();
  // Why the last call failed: the source's own error, or corrupt with libarchive's reason.
  [[nodiscard]] common::Error error(const std::string& name) const;
  // At the end: gives back what lies behind the bytes that filter `filter` took (0 for the format
  // itself, -1 for the filter nearest to the source).
  void give_back(int filter);

 private:
  struct Free {
    void operator()(struct archive* opened) const { archive_read_free(opened); }
  };
  static la_ssize_t read(struct archive* reader, void* self, const void** bytes);

  ByteSource& source_;
  std::unique_ptr<struct archive, Free> handle_;
  std::uint64_t given_ = 0;  // bytes that libarchive got
  std::optional<common::Error> failed_;
};

}  // namespace mkramdisk
