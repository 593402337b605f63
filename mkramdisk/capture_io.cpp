#include "mkramdisk/capture_io.hpp"

#include <cstring>
#include <new>

#include "mkramdisk/ext2_format.hpp"

namespace mkramdisk {
namespace {

// The manager's open() gets no pointer of ours, so the object in use is named here.
thread_local CaptureIo* opening = nullptr;

errcode_t open_channel(const char* name, int, io_channel* channel) {
  auto* made = static_cast<io_channel>(std::calloc(1, sizeof(struct_io_channel)));
  if (made == nullptr) return EXT2_ET_NO_MEMORY;
  made->magic = EXT2_ET_MAGIC_IO_CHANNEL;
  made->manager = opening->manager();
  made->name = strdup(name);
  made->block_size = 1024;
  made->refcount = 1;
  made->private_data = opening;
  *channel = made;
  return 0;
}

errcode_t close_channel(io_channel channel) {
  if (--channel->refcount > 0) return 0;
  std::free(channel->name);
  std::free(channel);
  return 0;
}

errcode_t set_block_size(io_channel channel, int size) {
  channel->block_size = size;
  return 0;
}

// Nothing of a file system that is being made is ever read back.
errcode_t read_zeros(io_channel channel, unsigned long long, int count, void* data) {
  std::memset(
      data, 0,
      count < 0 ? static_cast<std::size_t>(-count)
                : static_cast<std::size_t>(count) * static_cast<std::size_t>(channel->block_size));
  return 0;
}

errcode_t read_zeros_32(io_channel channel, unsigned long block, int count, void* data) {
  return read_zeros(channel, block, count, data);
}

errcode_t write_blocks(io_channel channel, unsigned long long block, int count, const void* data) {
  const auto block_size = static_cast<std::size_t>(channel->block_size);
  const std::size_t size =
      count < 0 ? static_cast<std::size_t>(-count) : static_cast<std::size_t>(count) * block_size;
  static_cast<CaptureIo*>(channel->private_data)
      ->write(block * block_size, data, size, count == -SUPERBLOCK_SIZE);
  return 0;
}

errcode_t write_blocks_32(io_channel channel, unsigned long block, int count, const void* data) {
  return write_blocks(channel, block, count, data);
}

errcode_t flush(io_channel) {
  return 0;
}

}  // namespace

io_manager CaptureIo::manager() {
  static struct_io_manager manager = [] {
    struct_io_manager made{};
    made.magic = EXT2_ET_MAGIC_IO_MANAGER;
    made.name = "capture";
    made.open = open_channel;
    made.close = close_channel;
    made.set_blksize = set_block_size;
    made.read_blk = read_zeros_32;
    made.write_blk = write_blocks_32;
    made.flush = flush;
    made.read_blk64 = read_zeros;
    made.write_blk64 = write_blocks;
    return made;
  }();
  opening = this;
  return &manager;
}

void CaptureIo::write(std::uint64_t offset, const void* data, std::size_t size, bool superblock) {
  const auto* bytes = static_cast<const std::byte*>(data);
  std::vector<std::byte> piece(bytes, bytes + size);
  if (superblock) {
    for (unsigned i = 0; i < 4; ++i)
      piece[offsetof(ext2_super_block, s_wtime) + i] =
          static_cast<std::byte>(write_time_ >> (8 * i));
  }
  pieces_[offset] = std::move(piece);
}

std::vector<MetadataPiece> CaptureIo::take() {
  std::vector<MetadataPiece> taken;
  for (auto& [offset, bytes] : pieces_) taken.push_back({offset, std::move(bytes)});
  pieces_.clear();
  return taken;
}

}  // namespace mkramdisk
