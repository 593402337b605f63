#include "mkramdisk/archive.hpp"

#include "mkramdisk/archive_members.hpp"
#include "mkramdisk/byte_source.hpp"
#include "mkramdisk/unpacked.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

constexpr unsigned deepest = 4;  // compressions around one another

class Archives {
 public:
  explicit Archives(const ArchiveTarget& target) : target_(target) {}

  // Everything in `source`, as the kernel reads an initramfs (init/initramfs.c): archives and
  // compressed runs of archives, one after the other.
  Status read(ByteSource& source, unsigned depth) {
    for (;;) {
      auto more = source.skip_zeros();
      if (!more) return more.error();
      if (!*more) return Done{};
      const std::uint64_t begin = source.position();
      auto packed = unpack(source, target_.name);
      if (!packed) return packed.error();
      if (*packed && depth == deepest)
        return Error::of(Failure::not_usable, "%s: compressed more than %u times",
                         target_.name.c_str(), deepest);
      if (auto status = *packed ? read(**packed, depth + 1) : read_one(source, begin); !status)
        return status;
    }
  }

  [[nodiscard]] std::size_t members() const { return members_; }

 private:
  Status read_one(ByteSource& source, std::uint64_t begin) {
    LibarchiveInput input(source);
    archive_read_support_format_tar(input.handle());
    archive_read_support_format_cpio(input.handle());
    if (!input.open()) return nothing(input, begin);
    auto count = add_members(input, target_);
    // Without a format it was no archive, whatever libarchive says of it.
    if (archive_format(input.handle()) == 0) return nothing(input, begin);
    if (!count) return count.error();
    members_ += *count;
    archives_ += 1;
    input.give_back(0);
    return Done{};
  }

  Status nothing(const LibarchiveInput& input, std::uint64_t begin) const {
    if (const Error error = input.error(target_.name); error.kind() == Failure::system)
      return error;
    if (archives_ == 0)
      return Error::of(Failure::not_usable, "%s: neither a directory nor a tar or cpio archive",
                       target_.name.c_str());
    return Error::of(Failure::not_usable,
                     "%s: an archive is followed, at byte %llu, by something that is none",
                     target_.name.c_str(), static_cast<unsigned long long>(begin));
  }

  const ArchiveTarget& target_;
  std::size_t members_ = 0;
  std::size_t archives_ = 0;
};

}  // namespace

Status add_archive(int fd, const ArchiveTarget& target) {
  FileBytes bytes(fd, target.name);
  Archives archives(target);
  if (auto status = archives.read(bytes, 0); !status) return status;
  if (archives.members() != 0) return Done{};
  return Error::of(Failure::not_usable, "%s: no tar or cpio archive, or an empty one",
                   target.name.c_str());
}

}  // namespace mkramdisk
