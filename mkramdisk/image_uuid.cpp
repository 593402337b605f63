#include "mkramdisk/image_uuid.hpp"

#include <cstring>
#include <string_view>

namespace mkramdisk {
namespace {

// Two lanes of multiply and fold; fast, and the same on every machine.
class Mixer {
 public:
  void add(std::uint64_t value) {
    low_ = fold(low_ ^ value, 0x9e3779b97f4a7c15ULL);
    high_ = fold(high_ + value, 0xc2b2ae3d27d4eb4fULL);
  }
  void add(std::string_view text) {
    add(text.size());
    for (std::size_t at = 0; at < text.size(); at += 8) {
      std::uint64_t word = 0;
      for (std::size_t i = 0; i < 8 && at + i < text.size(); ++i)
        word |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[at + i])) << (8 * i);
      add(word);
    }
  }
  [[nodiscard]] Uuid uuid() const {
    Uuid made{};
    for (unsigned i = 0; i < 8; ++i) {
      made[i] = static_cast<std::uint8_t>(low_ >> (8 * i));
      made[8 + i] = static_cast<std::uint8_t>(high_ >> (8 * i));
    }
    made[6] = static_cast<std::uint8_t>((made[6] & 0x0f) | 0x80);  // version 8
    made[8] = static_cast<std::uint8_t>((made[8] & 0x3f) | 0x80);  // variant of RFC 9562
    return made;
  }

 private:
  static std::uint64_t fold(std::uint64_t value, std::uint64_t factor) {
    value *= factor;
    return value ^ (value >> 29) ^ (value << 32);
  }
  std::uint64_t low_ = 0x243f6a8885a308d3ULL;
  std::uint64_t high_ = 0x13198a2e03707344ULL;
};

void add_inode(Mixer& mixer, const Tree& tree, const Layout& layout, InodeId id) {
  const Inode& inode = tree.inodes[id];
  mixer.add((std::uint64_t{inode.mode} << 32) | inode.links);
  mixer.add((std::uint64_t{inode.uid} << 32) | inode.gid);
  mixer.add(static_cast<std::uint64_t>(layout.times.stored(inode.mtime)));
  if (inode.is(S_IFREG)) mixer.add(inode.size);
  if (inode.xattrs != none) mixer.add(tree.xattr_sets[inode.xattrs]);
  if (inode.is(S_IFLNK)) mixer.add(tree.target_of(inode));
  if (inode.is(S_IFCHR) || inode.is(S_IFBLK))
    mixer.add((std::uint64_t{inode.major} << 32) | inode.minor);
  if (!inode.is(S_IFDIR)) return;
  for (const Entry& entry : tree.entries_of(inode)) {
    mixer.add({tree.text.data() + entry.text, entry.length});
    mixer.add(layout.numbers.of_inode[entry.inode]);
  }
}

}  // namespace

Uuid make_uuid(const Tree& tree, const Layout& layout) {
  Mixer mixer;
  mixer.add(layout.geometry.blocks);
  mixer.add((std::uint64_t{layout.geometry.block_size} << 32) | layout.geometry.inodes);
  add_inode(mixer, tree, layout, Tree::root);
  for (const InodeId id : layout.numbers.order) add_inode(mixer, tree, layout, id);
  return mixer.uuid();
}

}  // namespace mkramdisk
