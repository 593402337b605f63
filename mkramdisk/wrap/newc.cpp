#include "mkramdisk/wrap/newc.hpp"

#include <sys/stat.h>

#include <array>
#include <cstdio>

namespace mkramdisk::wrap {
namespace {

constexpr std::size_t header_bytes = 110;

void append(std::vector<std::byte>& out, std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

void Newc::header(std::string_view name, unsigned mode, unsigned links, std::uint64_t size) {
  std::array<char, header_bytes + 1> text{};
  const auto length = static_cast<unsigned>(name.size() + 1);
  // inode, mode, uid, gid, links, time, size, device, device of a node, length of the name, check
  std::snprintf(text.data(), text.size(),
                "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", ++inode_, mode, 0U,
                0U, links, 0U, static_cast<unsigned>(size), 0U, 0U, 0U, 0U, length, 0U);
  append(out_, {text.data(), header_bytes});
  append(out_, name);
  out_.push_back(std::byte{0});
  pad(header_bytes + length);
}

// Headers and data both begin at a multiple of four.
void Newc::pad(std::uint64_t length) {
  out_.insert(out_.end(), (4 - length % 4) % 4, std::byte{0});
}

void Newc::folder(std::string_view name) {
  header(name, S_IFDIR | 0755, 2, 0);
}

void Newc::file(std::string_view name, unsigned mode, std::span<const std::byte> data) {
  begin_file(name, mode, data.size());
  out_.insert(out_.end(), data.begin(), data.end());
  end_of_file(data.size());
}

void Newc::begin_file(std::string_view name, unsigned mode, std::uint64_t size) {
  header(name, S_IFREG | mode, 1, size);
}

void Newc::end_of_file(std::uint64_t size) {
  pad(size);
}

void Newc::end() {
  inode_ = UINT32_MAX;  // the trailer's is 0
  header("TRAILER!!!", 0, 1, 0);
  inode_ = 0;
}

}  // namespace mkramdisk::wrap
