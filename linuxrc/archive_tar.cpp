// tar archives: ustar and pax as POSIX has them (pax(1), "ustar Interchange Format"), GNU tar's
// long names and large numbers (its manual, "Basic Tar Format").
#include "linuxrc/archive_tar.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cstring>

namespace linuxrc {
namespace {

using common::Done;
using common::Status;

// What extension headers say of the member that follows them.
struct Extension {
  PaxValues pax;
  bool has_pax = false;
  bool has_path = false;
  bool has_link = false;
  PathText path;
  PathText link;
  std::array<char, 65536> records;
};

// Large, and one for all: the stack of a PID 1 is small.
Extension extension;
PathText member_path;
PathText member_link;
TarHeader header;

bool is_zero(const TarHeader& block) {
  return std::ranges::all_of(block, [](char byte) { return byte == 0; });
}

bool sum_is_right(std::span<const char> block) {
  const auto stated = tar_number(block, tar_field::sum);
  std::int64_t sum = 0;
  std::int64_t old_sum = 0;  // of signed characters, as some old programs have it
  for (std::size_t at = 0; at < tar_block; ++at) {
    const bool own = at >= tar_field::sum.at && at < tar_field::sum.at + tar_field::sum.size;
    sum += own ? ' ' : static_cast<unsigned char>(block[at]);
    old_sum += own ? ' ' : static_cast<signed char>(block[at]);
  }
  return stated && (*stated == sum || *stated == old_sum);
}

std::uint64_t padding(std::uint64_t bytes) {
  return (tar_block - bytes % tar_block) % tar_block;
}

Status read_text(ArchiveInput& input, std::uint64_t size, std::span<char> text) {
  if (size >= text.size()) return input.damaged("an extension of a header is too long");
  const auto length = static_cast<std::size_t>(size);
  const Status taken = input.take(text.first(length));
  text[length] = '\0';
  return taken ? input.skip(padding(size)) : taken;
}

Status read_extension(ArchiveInput& input, char type, std::uint64_t size) {
  if (type == 'L' || type == 'K') {
    const bool link = type == 'K';
    (link ? extension.has_link : extension.has_path) = true;
    return read_text(input, size, link ? extension.link : extension.path);
  }
  const Status taken = read_text(input, size, extension.records);
  if (!taken) return taken;
  extension.has_pax = true;
  extension.pax = {};
  if (!read_pax({extension.records.data(), static_cast<std::size_t>(size)}, extension.pax))
    return input.damaged("a pax header that makes no sense");
  return taken;
}

// The name in the header; the second part of it only POSIX's form has.
std::string_view short_path(PathText& text) {
  const std::string_view prefix = tar_text(header, tar_field::prefix);
  const std::string_view name = tar_text(header, tar_field::name);
  const bool posix = std::memcmp(header.data() + tar_field::magic.at, "ustar", 6) == 0;
  std::size_t length = 0;
  if (posix && !prefix.empty()) {
    length = prefix.copy(text.data(), prefix.size());
    text[length++] = '/';
  }
  length += name.copy(text.data() + length, name.size());
  return {text.data(), length};
}

mode_t kind_of(char type, bool is_folder) {
  switch (type) {
    case '0':
    case '\0':
    case '7':
      return is_folder ? S_IFDIR : S_IFREG;  // before ustar a folder was a name with a slash
    case '2':
      return S_IFLNK;
    case '3':
      return S_IFCHR;
    case '4':
      return S_IFBLK;
    case '5':
    case 'D':
      return S_IFDIR;
    case '6':
      return S_IFIFO;
    default:
      return 0;
  }
}

// Paths and links of the member that `header` begins.
Status read_names(ArchiveInput& input, char type, Member& member) {
  static PathText shorter;
  std::string_view path = extension.has_path ? extension.path.data() : short_path(shorter);
  std::string_view link =
      extension.has_link ? extension.link.data() : tar_text(header, tar_field::link);
  if (extension.has_pax && extension.pax.path) path = *extension.pax.path;
  if (extension.has_pax && extension.pax.link) link = *extension.pax.link;
  // A NUL in a pax value would end the path early.
  if (path.find('\0') != path.npos || link.find('\0') != link.npos)
    return input.damaged("a name has a NUL in it");
  if (link.size() >= member_link.size()) return input.damaged("a link is too long");
  member.mode = kind_of(type, path.ends_with('/'));
  Status done = clean_path(input, path, member_path);
  if (done && type == '1') {
    done = clean_path(input, link, member_link);
  } else {
    member_link[link.copy(member_link.data(), link.size())] = '\0';
  }
  member.path = member_path.data();
  member.link = member_link.data();
  return done;
}

Status read_member(ArchiveInput& input, char type, std::uint64_t size, MemberSink& sink) {
  Member member;
  Status done = read_names(input, type, member);
  if (!done) return done;
  const PaxValues none;
  const PaxValues& pax = extension.has_pax ? extension.pax : none;
  if (type == 'S' || pax.sparse)
    return input.unusable(member.path, "a sparse file, which is not unpacked: pack it as it is");
  if (member.mode == 0 && type != '1')
    return input.unusable(member.path, "a member of a kind that is not unpacked");
  const auto mode = tar_number(header, tar_field::mode);
  const auto owner = pax.owner ? pax.owner : tar_number(header, tar_field::owner);
  const auto group = pax.group ? pax.group : tar_number(header, tar_field::group);
  const auto modified = pax.modified ? pax.modified : tar_number(header, tar_field::modified);
  if (!mode || !owner || !group || !modified) return input.damaged("a number makes no sense");
  member.mode |= type == '1' ? 0 : static_cast<mode_t>(*mode) & 07777;
  member.owner = static_cast<uid_t>(*owner);
  member.group = static_cast<gid_t>(*group);
  member.modified_s = *modified;
  member.modified_ns = pax.modified ? pax.modified_ns : 0;
  if (extension.has_pax) member.extras = pax.records;
  if (S_ISCHR(member.mode) || S_ISBLK(member.mode)) {
    const auto major_number = tar_number(header, tar_field::node_major);
    const auto minor_number = tar_number(header, tar_field::node_minor);
    if (!major_number || !minor_number) return input.damaged("a device has no number");
    member.device =
        makedev(static_cast<unsigned>(*major_number), static_cast<unsigned>(*minor_number));
  }
  // What is no file has no contents: GNU tar's dumps list the names in a folder, to be left out.
  const bool has_contents = S_ISREG(member.mode) || type == 'D';
  if (!has_contents) size = 0;
  if (S_ISREG(member.mode)) member.size = size;
  done = sink.begin(member);
  if (done) done = S_ISREG(member.mode) ? input.pass(size, sink, nullptr) : input.skip(size);
  if (done) done = sink.end();
  return done ? input.skip(padding(size)) : done;
}

}  // namespace

bool is_tar(std::span<const char> head) {
  return head.size() >= tar_block &&
         std::memcmp(head.data() + tar_field::magic.at, "ustar", 5) == 0 && sum_is_right(head);
}

Status read_tar(ArchiveInput& input, MemberSink& sink) {
  const auto forget = [] { extension.has_pax = extension.has_path = extension.has_link = false; };
  forget();
  for (;;) {
    Status done = input.take(header);
    if (!done) return done;
    if (is_zero(header)) return Done{};
    if (!sum_is_right(header)) return input.damaged("the checksum of a tar header is wrong");
    const char type = header[tar_field::type.at];
    auto size = tar_number(header, tar_field::size);
    const bool is_extension = type == 'L' || type == 'K' || type == 'x';
    // Of the whole archive: nothing there is a file's own.
    const bool is_remark = type == 'g' || type == 'V';
    if (extension.has_pax && extension.pax.size && !is_extension && !is_remark)
      size = extension.pax.size;
    if (!size || *size < 0) return input.damaged("a size makes no sense");
    const auto bytes = static_cast<std::uint64_t>(*size);
    if (is_extension) {
      done = read_extension(input, type, bytes);
    } else if (is_remark) {
      done = input.skip(bytes);
      if (done) done = input.skip(padding(bytes));
    } else {
      done = read_member(input, type, bytes, sink);
      forget();
    }
    if (!done) return done;
  }
}

}  // namespace linuxrc
