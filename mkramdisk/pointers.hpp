// Block pointers of one file: what stands in its inode and in its indirect blocks. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "mkramdisk/block_map.hpp"
#include "mkramdisk/geometry.hpp"

namespace mkramdisk {

class Pointers {
 public:
  // `stream`: where the file's stream begins in the image's. Both referents must outlive this.
  Pointers(const Geometry& geometry, const BlockMap& map, std::uint64_t stream)
      : geometry_(geometry), map_(map), stream_(stream) {}

  // The 15 pointers of the inode (i_block).
  [[nodiscard]] std::array<std::uint32_t, 15> in_inode() const;

  // Fills `out`, one block, with the indirect block of `level` (1 single, 2 double, 3 triple) that
  // leads to data block `block`.
  void fill_indirect(unsigned level, std::uint64_t block, std::span<std::byte> out) const;

 private:
  // Puts the pointers to data blocks [first, first + count) into `out`, holes as 0.
  void data_pointers(std::uint64_t first, std::uint64_t count, auto store) const;
  // The number of the indirect block of `level` that covers data blocks [first, end), or 0 when
  // all of them are holes.
  [[nodiscard]] std::uint32_t indirect_pointer(unsigned level, std::uint64_t first,
                                               std::uint64_t end) const;
  [[nodiscard]] std::uint32_t number(std::uint64_t offset) const {
    return static_cast<std::uint32_t>(geometry_.locate(stream_ + offset).block);
  }

  const Geometry& geometry_;
  const BlockMap& map_;
  std::uint64_t stream_;
};

}  // namespace mkramdisk
