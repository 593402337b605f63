// A libext2fs I/O manager that keeps in memory what libext2fs writes, so that it can be laid into
// the image in order, wherever the image goes. libext2fs writes superblocks, group descriptors and
// bitmaps through it: two blocks a group and little more.
#pragma once

#include <ext2fs/ext2fs.h>

#include <cstdint>
#include <map>
#include <vector>

namespace mkramdisk {

struct MetadataPiece;

class CaptureIo {
 public:
  CaptureIo() = default;
  CaptureIo(const CaptureIo&) = delete;
  CaptureIo& operator=(const CaptureIo&) = delete;

  // The manager for ext2fs_initialize. Channels opened by it on this thread write into this
  // object, which must outlive them.
  io_manager manager();
  // The write time to put into every superblock: libext2fs cannot be told 0.
  void write_time(std::uint32_t seconds) { write_time_ = seconds; }
  // What was written, sorted by offset in bytes.
  std::vector<MetadataPiece> take();

  // Called by the manager. `count` as libext2fs counts: blocks, or bytes when negative.
  void write(std::uint64_t offset, const void* data, std::size_t size, bool superblock);

 private:
  std::map<std::uint64_t, std::vector<std::byte>> pieces_;
  std::uint32_t write_time_ = 0;
};

}  // namespace mkramdisk
