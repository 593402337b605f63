#include "mkramdisk/archive_xattrs.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "mkramdisk/xattrs.hpp"

namespace mkramdisk {
namespace {

using common::Error;
using common::Failure;
using common::Result;

constexpr std::uint16_t mask_tag = 0x10;

struct Tag {
  int archive;
  std::uint16_t kernel;  // linux/posix_acl.h
  bool named;
};
constexpr std::array tags = {
    Tag{ARCHIVE_ENTRY_ACL_USER_OBJ, 0x01, false},  Tag{ARCHIVE_ENTRY_ACL_USER, 0x02, true},
    Tag{ARCHIVE_ENTRY_ACL_GROUP_OBJ, 0x04, false}, Tag{ARCHIVE_ENTRY_ACL_GROUP, 0x08, true},
    Tag{ARCHIVE_ENTRY_ACL_MASK, mask_tag, false},  Tag{ARCHIVE_ENTRY_ACL_OTHER, 0x20, false}};

// The entries of one kind of ACL, in the kernel's order; none where all of it is in the mode.
Result<std::vector<AclEntry>> acl_of(struct archive_entry* entry, int kind) {
  std::vector<AclEntry> entries;
  if (archive_entry_acl_reset(entry, kind) == 0) return entries;
  int type = 0;
  int permissions = 0;
  int tag = 0;
  int id = 0;
  const char* name = nullptr;
  bool more_than_mode = kind == ARCHIVE_ENTRY_ACL_TYPE_DEFAULT;
  while (archive_entry_acl_next(entry, kind, &type, &permissions, &tag, &id, &name) == 0) {
    const auto* const row =
        std::find_if(tags.begin(), tags.end(), [&](const Tag& t) { return t.archive == tag; });
    if (row == tags.end()) return Error::of(Failure::not_usable, "an ACL that Linux does not know");
    if (row->named && id < 0)
      return Error::of(Failure::not_usable, "an ACL for %.100s, without a number",
                       name == nullptr ? "somebody" : name);
    more_than_mode = more_than_mode || row->named || row->kernel == mask_tag;
    entries.push_back({row->kernel, static_cast<std::uint16_t>(permissions & 7),
                       row->named ? static_cast<std::uint32_t>(id) : UINT32_MAX});
  }
  if (!more_than_mode) entries.clear();
  std::stable_sort(entries.begin(), entries.end(), [](const AclEntry& a, const AclEntry& b) {
    return a.tag != b.tag ? a.tag < b.tag : a.id < b.id;
  });
  return entries;
}

}  // namespace

std::uint32_t archive_mode(struct archive_entry* entry) {
  std::uint32_t mode = archive_entry_mode(entry);
  const auto acl = acl_of(entry, ARCHIVE_ENTRY_ACL_TYPE_ACCESS);
  if (!acl) return mode;
  for (const AclEntry& part : *acl)
    if (part.tag == mask_tag) mode = (mode & ~070U) | (part.permissions * 8U);
  return mode;
}

Result<std::string> archive_xattrs(struct archive_entry* entry) {
  std::vector<Xattr> attributes;
  archive_entry_xattr_reset(entry);
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK) {
    attributes.push_back({name, {static_cast<const char*>(value), size}});
  }
  for (const auto& [kind, attribute] :
       {std::pair{ARCHIVE_ENTRY_ACL_TYPE_ACCESS, "system.posix_acl_access"},
        std::pair{ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, "system.posix_acl_default"}}) {
    auto acl = acl_of(entry, kind);
    if (!acl) return acl.error();
    if (acl->empty()) continue;
    // Some archives have it as an attribute too.
    std::erase_if(attributes, [wanted = attribute](const Xattr& x) { return x.name == wanted; });
    attributes.push_back({attribute, acl_value(*acl)});
  }
  return pack_xattrs(std::move(attributes));
}

}  // namespace mkramdisk
