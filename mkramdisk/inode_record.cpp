#include "mkramdisk/inode_record.hpp"

#include <cstring>

#include "mkramdisk/bytes.hpp"
#include "mkramdisk/pointers.hpp"

namespace mkramdisk {
namespace {

// Offsets in struct ext2_inode.
enum Field : std::size_t {
  mode = 0,
  uid = 2,
  size = 4,
  atime = 8,
  ctime = 12,
  mtime = 16,
  gid = 24,
  links = 26,
  sectors = 28,
  block = 40,
  file_acl = 104,
  size_high = 108,
  uid_high = 120,
  gid_high = 122,
};

// Device numbers as Linux stores them: 8:8 bits in i_block[0] where they fit, which every kernel
// reads; else the 12:20 form of Linux 2.6 in i_block[1].
void put_device(std::byte* blocks, std::uint32_t major, std::uint32_t minor) {
  if (major < 256 && minor < 256)
    put32(blocks, (major << 8) | minor);
  else
    put32(blocks + 4, (minor & 0xff) | (major << 8) | ((minor & ~0xffU) << 12));
}

}  // namespace

void write_inode(const Tree& tree, const Layout& layout, InodeId id, std::span<std::byte> out) {
  const Inode& inode = tree.inodes[id];
  std::byte* at = out.data();
  put16(at + mode, inode.mode);
  put16(at + uid, inode.uid);
  put16(at + uid_high, inode.uid >> 16);
  put16(at + gid, inode.gid);
  put16(at + gid_high, inode.gid >> 16);
  put16(at + links, inode.links);
  const auto seconds = static_cast<std::uint64_t>(layout.times.stored(inode.mtime));
  for (const Field time : {atime, ctime, mtime}) put32(at + time, seconds);
  const std::uint32_t block_size = layout.geometry.block_size;
  const Placement* placement = layout.placement(id);
  if (placement != nullptr) {
    put32(at + sectors, std::uint64_t{placement->count} * (block_size / 512));
    const BlockMap map = map_placement(tree, *placement, block_size);
    const auto pointers = Pointers(layout.geometry, map, placement->stream).in_inode();
    for (std::size_t i = 0; i < pointers.size(); ++i) put32(at + block + i * 4, pointers[i]);
    if (inode.is(S_IFDIR)) put32(at + size, map.runs().back().end * block_size);
  }
  if (const std::uint64_t attributes = layout.xattr_block(id); attributes != 0) {
    put32(at + file_acl, attributes);
    const std::uint64_t blocks = (placement == nullptr ? 0 : placement->count) + 1ULL;
    put32(at + sectors, blocks * (block_size / 512));
  }
  if (inode.is(S_IFREG) || inode.is(S_IFLNK)) put32(at + size, inode.size);
  if (inode.is(S_IFREG)) put32(at + size_high, inode.size >> 32);
  if (is_fast_link(inode)) std::memcpy(at + block, tree.target_of(inode).data(), inode.size);
  if (inode.is(S_IFCHR) || inode.is(S_IFBLK)) put_device(at + block, inode.major, inode.minor);
}

}  // namespace mkramdisk
