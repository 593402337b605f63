// cpio archives of the form that the kernel takes (newc, and crc with a sum of the contents), as
// Documentation/driver-api/early-userspace/buffer-format.rst describes them. Several in a row, each
// filled up with zeros, are one.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstring>
#include <optional>

#include "linuxrc/archive_input.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Status;

constexpr std::size_t header_bytes = 110;
constexpr std::size_t magic_bytes = 6;
constexpr std::size_t alignment = 4;
constexpr std::size_t block = 512;  // cpio ends its output at a multiple of it

// The header's numbers, of eight hexadecimal digits each, in their order.
enum Field {
  inode,
  mode,
  owner,
  group,
  names,
  modified,
  size,
  device_major,
  device_minor,
  node_major,
  node_minor,
  path_size,
  check,
  fields
};
using Numbers = std::array<std::uint32_t, fields>;

std::optional<std::uint32_t> hexadecimal_of(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits) {
    const bool decimal = c >= '0' && c <= '9';
    const char lower = static_cast<char>(c | 0x20);
    if (!decimal && (lower < 'a' || lower > 'f')) return std::nullopt;
    value = value * 16 + static_cast<std::uint32_t>(decimal ? c - '0' : lower - 'a' + 10);
  }
  return value;
}

bool read_numbers(std::string_view header, Numbers& numbers) {
  for (std::size_t at = 0; at < fields; ++at) {
    const auto number = hexadecimal_of(header.substr(magic_bytes + 8 * at, 8));
    if (!number) return false;
    numbers[at] = *number;
  }
  return true;
}

std::size_t padding(std::uint64_t bytes) {
  return static_cast<std::size_t>((alignment - bytes % alignment) % alignment);
}

struct Texts {
  PathText raw;
  PathText path;
  PathText link;
};
Texts texts;

Member member_of(const Numbers& numbers, std::uint32_t archive) {
  Member member;
  member.path = texts.path.data();
  member.mode = numbers[mode];
  member.owner = numbers[owner];
  member.group = numbers[group];
  member.modified_s = numbers[modified];
  member.device = makedev(numbers[node_major], numbers[node_minor]);
  if (S_ISREG(member.mode)) member.size = numbers[size];
  member.shared = !S_ISDIR(member.mode) && numbers[names] > 1;
  member.archive = archive;
  member.inode = numbers[inode];
  member.inode_device = makedev(numbers[device_major], numbers[device_minor]);
  return member;
}

Status read_text(ArchiveInput& input, std::uint32_t bytes, PathText& text) {
  if (bytes >= text.size()) return input.damaged("a name or link is too long");
  text[bytes] = '\0';
  const Status taken = input.take(std::span(text).first(bytes));
  if (taken && std::strlen(text.data()) + 1 < bytes) return input.damaged("a name has a NUL in it");
  return taken;
}

Status read_contents(ArchiveInput& input, bool summed, const Numbers& numbers,
                     std::uint32_t archive, MemberSink& sink) {
  Member member = member_of(numbers, archive);
  Status done = Done{};
  if (S_ISLNK(member.mode)) {
    done = read_text(input, numbers[size], texts.link);
    member.link = texts.link.data();
    if (done) done = sink.begin(member);
  } else {
    constexpr mode_t kinds[] = {S_IFREG, S_IFDIR, S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK};
    bool known = false;
    for (const mode_t kind : kinds) known = known || (member.mode & S_IFMT) == kind;
    if (!known) return input.damaged("a member of no kind");
    done = sink.begin(member);
    std::uint32_t sum = 0;
    if (done && S_ISREG(member.mode)) done = input.pass(member.size, sink, summed ? &sum : nullptr);
    if (done && S_ISREG(member.mode) && summed && sum != numbers[check])
      return input.damaged("a file's checksum is wrong");
    if (done && !S_ISREG(member.mode)) done = input.skip(numbers[size]);
  }
  if (done) done = sink.end();
  return done ? input.skip(padding(numbers[size])) : done;
}

// What follows the last member: the next archive's magic number in `header`, or the end.
Status find_next(ArchiveInput& input, std::array<char, header_bytes>& header, bool& found) {
  found = false;
  const std::uint64_t end = (input.position() + block - 1) / block * block;
  const std::span magic = std::span(header).first(magic_bytes);
  while (input.position() <= end) {
    const auto got = input.read(magic.first(alignment));
    if (!got) return got.error();
    if (*got < alignment) return Done{};
    if (header[0] == '0') break;
    for (std::size_t at = 0; at < alignment; ++at)
      if (header[at] != '\0') return Done{};  // what lies behind an archive in a partition
  }
  if (header[0] != '0') return Done{};
  const Status taken = input.take(magic.subspan(alignment));
  found = taken && is_cpio(header);
  return taken;
}

}  // namespace

bool is_cpio(std::span<const char> head) {
  const std::string_view text(head.data(), head.size());
  return text.starts_with("070701") || text.starts_with("070702");
}

Status read_cpio(ArchiveInput& input, MemberSink& sink) {
  static std::array<char, header_bytes> header;
  bool begun = false;  // the magic number has been read
  std::uint32_t archive = 0;
  for (;;) {
    const Status taken = input.take(std::span(header).subspan(begun ? magic_bytes : 0));
    if (!taken) return taken;
    begun = false;
    Numbers numbers{};
    if (!is_cpio(header) || !read_numbers({header.data(), header.size()}, numbers))
      return input.damaged("no header of a cpio member");
    if (numbers[path_size] == 0) return input.damaged("a member has no name");
    Status done = read_text(input, numbers[path_size], texts.raw);
    if (done) done = input.skip(padding(header_bytes + numbers[path_size]));
    if (!done) return done;
    if (std::strcmp(texts.raw.data(), "TRAILER!!!") == 0) {
      done = find_next(input, header, begun);
      if (!done || !begun) return done;
      ++archive;
      continue;
    }
    done = clean_path(input, texts.raw.data(), texts.path);
    const bool summed = header[magic_bytes - 1] == '2';
    if (done) done = read_contents(input, summed, numbers, archive, sink);
    if (!done) return done;
  }
}

}  // namespace linuxrc
