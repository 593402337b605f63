// The readers of archives: whatever the bytes are, what a sink is given keeps the promises of
// archive.hpp.
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

#include "linuxrc/archive.hpp"
#include "tests/linuxrc/fuzz_parsers.hpp"

namespace linuxrc::fuzz {
namespace {

void require(bool kept) {
  if (!kept) std::abort();
}

class Text final : public ByteSource {
 public:
  explicit Text(std::string_view text) : text_(text) {}
  common::Result<std::size_t> read(std::span<char> room) override {
    const std::size_t now = text_.copy(room.data(), room.size());
    text_.remove_prefix(now);
    return now;
  }

 private:
  std::string_view text_;
};

// "" or "/a/b", with no part that is empty, "." or "..".
bool is_clean(std::string_view path) {
  if (path.empty()) return true;
  if (path.size() >= 4096 || path.front() != '/') return false;
  const std::string whole = std::string(path) + "/";
  return whole.find("//") == whole.npos && whole.find("/./") == whole.npos &&
         whole.find("/../") == whole.npos;
}

class Promises final : public MemberSink {
 public:
  common::Status begin(const Member& member) override {
    require(!open_);
    open_ = true;
    require(is_clean(member.path));
    require(member.mode != 0 || is_clean(member.link));
    require(std::strlen(member.link) < 4096);
    require(member.size == 0 || S_ISREG(member.mode));
    left_ = member.size;
    std::string_view extras = member.extras;
    std::string_view name;
    std::string_view value;
    while (next_xattr(extras, name, value))
      require(name.size() + value.size() < member.extras.size());
    return common::Done{};
  }
  common::Status data(std::span<const char> bytes) override {
    require(open_ && !bytes.empty() && bytes.size() <= left_);
    left_ -= bytes.size();
    return common::Done{};
  }
  common::Status end() override {
    require(open_ && left_ == 0);
    open_ = false;
    return common::Done{};
  }

 private:
  bool open_ = false;
  std::uint64_t left_ = 0;
};

}  // namespace

void archive(std::string_view text) {
  Text bytes(text);
  char head[archive_window];
  const auto got = bytes.read(head);
  Promises promises;
  const std::span<const char> window(head, *got);
  const auto done = read_archive(bytes, window, "archive", promises);
  if (identify_archive(window) == ArchiveFormat::none) require(!done);
}

}  // namespace linuxrc::fuzz
