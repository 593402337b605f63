// Takes the bytes of files whose source cannot be read again, as they come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "common/error.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

class ContentStore {
 public:
  ContentStore() = default;
  ContentStore(const ContentStore&) = delete;
  ContentStore& operator=(const ContentStore&) = delete;
  virtual ~ContentStore() = default;

  // Begins a file; what follows is offset from here.
  virtual void begin() = 0;
  // Keeps `data` at byte `offset` of the file that was begun; offsets only grow.
  virtual common::Status put(std::uint64_t offset, std::span<const std::byte> data) = 0;
  // Ends the file with `size` bytes and notes in `file` where its data is.
  virtual common::Status end(std::uint64_t size, Tree& tree, Inode& file) = 0;
};

}  // namespace mkramdisk
