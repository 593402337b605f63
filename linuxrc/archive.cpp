#include "linuxrc/archive.hpp"

#include <algorithm>
#include <cstring>

#include "linuxrc/archive_input.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;

namespace {

std::array<char, 65536> piece;

}  // namespace

Result<std::size_t> ArchiveInput::read(std::span<char> room) {
  const std::size_t from_head = std::min(head_.size(), room.size());
  std::copy_n(head_.begin(), from_head, room.begin());
  head_ = head_.subspan(from_head);
  position_ += from_head;
  if (from_head == room.size()) return from_head;
  const auto got = bytes_.read(room.subspan(from_head));
  if (!got) return got;
  position_ += *got;
  return from_head + *got;
}

Status ArchiveInput::take(std::span<char> room) {
  const auto got = read(room);
  if (!got) return got.error();
  if (*got < room.size()) return damaged("the archive ends too early (truncated)");
  return Done{};
}

Status ArchiveInput::skip(std::uint64_t bytes) {
  while (bytes != 0) {
    const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, piece.size()));
    const Status taken = take(std::span(piece).first(now));
    if (!taken) return taken;
    bytes -= now;
  }
  return Done{};
}

Status ArchiveInput::pass(std::uint64_t bytes, MemberSink& sink, std::uint32_t* sum) {
  while (bytes != 0) {
    const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, piece.size()));
    const auto part = std::span(piece).first(now);
    Status done = take(part);
    if (!done) return done;
    if (sum != nullptr)
      for (const char byte : part) *sum += static_cast<unsigned char>(byte);
    done = sink.data(part);
    if (!done) return done;
    bytes -= now;
  }
  return Done{};
}

Error ArchiveInput::damaged(const char* why) const {
  return Error::of(Failure::corrupt, "%s: %s, at byte %llu", name_, why,
                   static_cast<unsigned long long>(position_));
}

Error ArchiveInput::unusable(const char* path, const char* why) const {
  return Error::of(Failure::not_usable, "%s: %.200s: %s", name_, path, why);
}

Status clean_path(const ArchiveInput& input, std::string_view raw, PathText& path) {
  std::size_t length = 0;
  while (!raw.empty()) {
    const std::size_t end = std::min(raw.find('/'), raw.size());
    const std::string_view part = raw.substr(0, end);
    raw.remove_prefix(std::min(end + 1, raw.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") return input.damaged("a path with .. in it");
    if (length + 1 + part.size() >= path.size()) return input.damaged("a path is too long");
    path[length++] = '/';
    length += part.copy(path.data() + length, part.size());
  }
  path[length] = '\0';
  return Done{};
}

ArchiveFormat identify_archive(std::span<const char> head) {
  if (is_cpio(head)) return ArchiveFormat::cpio;
  return is_tar(head) ? ArchiveFormat::tar : ArchiveFormat::none;
}

Status read_archive(ByteSource& bytes, std::span<const char> head, const char* name,
                    MemberSink& sink) {
  ArchiveInput input(bytes, head, name);
  switch (identify_archive(head)) {
    case ArchiveFormat::tar:
      return read_tar(input, sink);
    case ArchiveFormat::cpio:
      return read_cpio(input, sink);
    case ArchiveFormat::none:
      break;
  }
  return Error::of(Failure::not_usable, "%s: no tar or cpio archive", name);
}

}  // namespace linuxrc
