#include "mkramdisk/directory_blocks.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "mkramdisk/bytes.hpp"

namespace mkramdisk {
namespace {

constexpr std::uint32_t header = 8;           // inode number, record length, name length, type
constexpr std::uint32_t dots = 12 + 12;       // "." and ".."
constexpr std::size_t classes = 264 / 4 + 1;  // record lengths: 12 to 264 bytes in steps of 4

std::uint32_t record_length(std::size_t name_length) {
  return header + ((static_cast<std::uint32_t>(name_length) + 3) & ~3U);
}

DirectoryPlan pack_in_order(std::span<const Entry> entries, std::uint32_t block_size) {
  DirectoryPlan plan;
  plan.order.resize(entries.size());
  plan.starts.push_back(0);
  std::uint32_t used = dots;
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    plan.order[i] = i;
    const std::uint32_t length = record_length(entries[i].length);
    if (used + length > block_size) {
      plan.starts.push_back(i);
      used = 0;
    }
    used += length;
  }
  plan.starts.push_back(static_cast<std::uint32_t>(entries.size()));
  return plan;
}

// First fit decreasing. Records come in few lengths, so each block takes the longest that fits.
DirectoryPlan pack_largest_first(std::span<const Entry> entries, std::uint32_t block_size) {
  std::array<std::vector<std::uint32_t>, classes> waiting;
  for (auto i = static_cast<std::uint32_t>(entries.size()); i-- > 0;)
    waiting[record_length(entries[i].length) / 4].push_back(i);
  DirectoryPlan plan;
  plan.order.reserve(entries.size());
  plan.starts.push_back(0);
  std::uint32_t left = block_size - dots;
  for (;;) {
    for (std::size_t size = std::min<std::size_t>(left / 4, classes - 1); size >= 3; --size) {
      while (size * 4 <= left && !waiting[size].empty()) {
        plan.order.push_back(waiting[size].back());
        waiting[size].pop_back();
        left -= static_cast<std::uint32_t>(size * 4);
      }
    }
    plan.starts.push_back(static_cast<std::uint32_t>(plan.order.size()));
    if (plan.order.size() == entries.size()) return plan;
    left = block_size;
  }
}

std::uint8_t file_type(const Inode& inode) {
  switch (inode.mode & S_IFMT) {  // EXT2_FT_*
    case S_IFREG:
      return 1;
    case S_IFDIR:
      return 2;
    case S_IFCHR:
      return 3;
    case S_IFBLK:
      return 4;
    case S_IFIFO:
      return 5;
    case S_IFSOCK:
      return 6;
    case S_IFLNK:
      return 7;
    default:
      return 0;
  }
}

// Writes records one after the other and lets the last reach the end of the block.
class RecordWriter {
 public:
  RecordWriter(std::span<std::byte> block, bool file_types)
      : block_(block), file_types_(file_types) {}

  void add(std::uint32_t inode, std::string_view name, std::uint8_t type) {
    last_ = used_;
    std::byte* at = block_.data() + used_;
    const std::uint32_t length = record_length(name.size());
    put32(at, inode);
    put16(at + 4, length);
    at[6] = static_cast<std::byte>(name.size());
    at[7] = static_cast<std::byte>(file_types_ ? type : 0);
    std::memcpy(at + header, name.data(), name.size());
    std::memset(at + header + name.size(), 0, length - header - name.size());
    used_ += length;
  }
  void end() {
    put16(block_.data() + last_ + 4, static_cast<std::uint32_t>(block_.size() - last_));
    std::memset(block_.data() + used_, 0, block_.size() - used_);
  }

 private:
  std::span<std::byte> block_;
  bool file_types_;
  std::size_t used_ = 0;
  std::size_t last_ = 0;
};

}  // namespace

DirectoryPlan pack_directory(const Tree& tree, const Inode& directory, std::uint32_t block_size) {
  const std::span<const Entry> entries = tree.entries_of(directory);
  DirectoryPlan plan = pack_in_order(entries, block_size);
  std::uint64_t bytes = dots;
  for (const Entry& entry : entries) bytes += record_length(entry.length);
  if (plan.blocks() <= (bytes + block_size - 1) / block_size) return plan;
  DirectoryPlan tight = pack_largest_first(entries, block_size);
  return tight.blocks() < plan.blocks() ? tight : plan;
}

void write_directory_block(const Tree& tree, const Inode& directory, const DirectoryPlan& plan,
                           std::uint32_t index, const DirectoryNumbers& numbers, bool file_types,
                           std::span<std::byte> out) {
  const std::span<const Entry> entries = tree.entries_of(directory);
  RecordWriter writer(out, file_types);
  if (index == 0) {
    writer.add(numbers.self, ".", 2);
    writer.add(numbers.parent, "..", 2);
  }
  for (std::uint32_t i = plan.starts[index]; i < plan.starts[index + 1]; ++i) {
    const Entry& entry = entries[plan.order[i]];
    writer.add(numbers.of_inode[entry.inode], {tree.text.data() + entry.text, entry.length},
               file_type(tree.inodes[entry.inode]));
  }
  writer.end();
}

}  // namespace mkramdisk
