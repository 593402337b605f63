// Archives into an image of a fixed size, in one pass: members' bytes go to their blocks as they
// come, and nothing of them is kept in memory but where they went.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "mkramdisk/block_map.hpp"
#include "mkramdisk/content_store.hpp"
#include "mkramdisk/geometry.hpp"
#include "mkramdisk/image_writer.hpp"

namespace mkramdisk {

class Arrival : public ContentStore {
 public:
  // Blocks are written to `image`, or without one counted alone. `sparse`: blocks of nothing but
  // zeros become holes. `image` must outlive it.
  Arrival(Geometry geometry, Sink* image, bool sparse);

  void begin() override;
  common::Status put(std::uint64_t offset, std::span<const std::byte> data) override;
  common::Status end(std::uint64_t size, Tree& tree, Inode& file) override;

  // Blocks of the stream that files have so far; more than the image has when it is too small.
  [[nodiscard]] std::uint64_t blocks() const { return next_; }
  // Writes what still waits. To be called after the last file.
  common::Status finish();
  // Makes zeros of blocks that were written and belong to nothing after all.
  common::Status clear(std::span<const StreamRange> unused);

 private:
  common::Status close_block();
  common::Status put_blocks(std::uint64_t first, std::span<const std::byte> data);
  common::Status place(std::uint64_t first, std::span<const std::byte> data);
  common::Status put_indirect();
  common::Status write_stream(std::uint64_t stream, std::span<const std::byte> data);
  common::Status stage(std::uint64_t offset, std::span<const std::byte> data);
  common::Status flush();

  const Geometry geometry_;
  Sink* const image_;
  const bool sparse_;
  std::uint64_t next_ = 0;  // stream offset of the next file

  BlockMap map_;  // of the file that is coming
  std::vector<std::byte> block_;
  std::uint64_t block_number_ = 0;  // logical number of the block being filled
  bool block_open_ = false;

  std::vector<std::byte> waiting_;  // neighbouring blocks are written together
  std::uint64_t waiting_at_ = 0;    // bytes, in the image
};

}  // namespace mkramdisk
