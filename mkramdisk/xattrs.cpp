#include "mkramdisk/xattrs.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <tuple>

#include "mkramdisk/bytes.hpp"

namespace mkramdisk {
namespace {

using common::Error;
using common::Failure;
using common::Result;

// struct ext2_xattr_header and struct ext2_xattr_entry of the kernel's fs/ext2/xattr.h.
constexpr std::uint32_t magic = 0xea020000;
constexpr std::size_t header_size = 32;
constexpr std::size_t entry_size = 16;
constexpr std::size_t end_mark = 4;

struct Prefix {
  std::string_view text;
  unsigned index;
  bool whole;  // the name is all prefix
};
constexpr std::array prefixes = {
    Prefix{"user.", 1, false},
    Prefix{"system.posix_acl_access", 2, true},
    Prefix{"system.posix_acl_default", 3, true},
    Prefix{"trusted.", 4, false},
    Prefix{"security.", 6, false},
};

std::size_t padded(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

unsigned byte_of(char c) {
  return static_cast<unsigned char>(c);
}

std::uint32_t little(std::string_view bytes, std::size_t at, unsigned count) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < count; ++i) value |= byte_of(bytes[at + i]) << (8 * i);
  return value;
}

void append(std::string& out, std::uint32_t value, unsigned count) {
  for (unsigned i = 0; i < count; ++i) out += static_cast<char>(value >> (8 * i));
}

// ext2 keeps ids only where a tag has one (fs/ext2/acl.h).
std::optional<std::string> disk_acl(std::string_view value) {
  if (value.size() < 4 || (value.size() - 4) % 8 != 0 || little(value, 0, 4) != 2)
    return std::nullopt;
  std::string out;
  append(out, 1, 4);
  for (std::size_t at = 4; at < value.size(); at += 8) {
    const std::uint32_t tag = little(value, at, 2);
    out += value.substr(at, 4);
    if (tag == 2 || tag == 8) out += value.substr(at + 4, 4);  // ACL_USER, ACL_GROUP
  }
  return out;
}

// A packed set: index, length of the name, length of the value (4 bytes), name, value; and again.
struct Packed {
  unsigned index;
  std::string_view name;
  std::string_view value;
};

std::vector<Packed> parts_of(std::string_view packed) {
  std::vector<Packed> parts;
  for (std::size_t at = 0; at < packed.size();) {
    const std::size_t name = byte_of(packed[at + 1]);
    const std::size_t value = little(packed, at + 2, 4);
    parts.push_back(
        {byte_of(packed[at]), packed.substr(at + 6, name), packed.substr(at + 6 + name, value)});
    at += 6 + name + value;
  }
  return parts;
}

// ext2_xattr_hash_entry() of the kernel's fs/ext2/xattr.c. `value` is padded with zeros.
std::uint32_t hash_entry(const Packed& part) {
  std::uint32_t hash = 0;
  for (const char c : part.name) hash = (hash << 5) ^ (hash >> 27) ^ byte_of(c);
  std::string value(part.value);
  value.resize(padded(value.size()));
  for (std::size_t at = 0; at < value.size(); at += 4)
    hash = (hash << 16) ^ (hash >> 16) ^ little(value, at, 4);
  return hash;
}

}  // namespace

Result<std::string> pack_xattrs(std::vector<Xattr> attributes) {
  struct Part {
    unsigned index;
    std::string name;
    std::string value;
  };
  std::vector<Part> parts;
  for (Xattr& attribute : attributes) {
    const auto prefix = std::find_if(prefixes.begin(), prefixes.end(), [&](const Prefix& p) {
      return p.whole ? attribute.name == p.text : attribute.name.starts_with(p.text);
    });
    if (prefix == prefixes.end())
      return Error::of(Failure::not_usable, "ext2 has no place for the attribute %.300s",
                       attribute.name.c_str());
    Part part{prefix->index, attribute.name.substr(prefix->text.size()), {}};
    if (part.name.size() > 255)
      return Error::of(Failure::not_usable, "an attribute's name is longer than 255 bytes");
    if (prefix->whole) {
      auto acl = disk_acl(attribute.value);
      if (!acl) return Error::of(Failure::not_usable, "an ACL of an unknown form");
      part.value = std::move(*acl);
    } else {
      part.value = std::move(attribute.value);
    }
    parts.push_back(std::move(part));
  }
  // The order in which the kernel looks for them (ext2_xattr_cmp_entry()).
  std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
    return std::tuple(a.index, a.name.size(), std::string_view(a.name)) <
           std::tuple(b.index, b.name.size(), std::string_view(b.name));
  });
  std::string packed;
  for (const Part& part : parts) {
    append(packed, part.index, 1);
    append(packed, static_cast<std::uint32_t>(part.name.size()), 1);
    append(packed, static_cast<std::uint32_t>(part.value.size()), 4);
    packed += part.name + part.value;
  }
  return packed;
}

bool xattrs_fit(std::string_view packed, std::size_t block_size) {
  std::size_t size = header_size + end_mark;
  for (const Packed& part : parts_of(packed))
    size += entry_size + padded(part.name.size()) + padded(part.value.size());
  return size <= block_size;
}

void write_xattr_block(std::string_view packed, std::uint32_t inodes, std::span<std::byte> out) {
  std::memset(out.data(), 0, out.size());
  std::byte* entry = out.data() + header_size;
  std::size_t value_at = out.size();
  std::uint32_t hash = 0;
  for (const Packed& part : parts_of(packed)) {
    value_at -= padded(part.value.size());
    const std::uint32_t own = hash_entry(part);
    entry[0] = static_cast<std::byte>(part.name.size());
    entry[1] = static_cast<std::byte>(part.index);
    put16(entry + 2, part.value.empty() ? 0 : static_cast<std::uint32_t>(value_at));
    put32(entry + 8, part.value.size());
    put32(entry + 12, own);
    std::memcpy(entry + entry_size, part.name.data(), part.name.size());
    std::memcpy(out.data() + value_at, part.value.data(), part.value.size());
    entry += entry_size + padded(part.name.size());
    hash = (hash << 16) ^ (hash >> 16) ^ own;  // ext2_xattr_rehash()
  }
  put32(out.data(), magic);
  put32(out.data() + 4, inodes);
  put32(out.data() + 8, 1);  // blocks
  put32(out.data() + 12, hash);
}

std::string acl_value(std::span<const AclEntry> entries) {
  std::string value;
  append(value, 2, 4);
  for (const AclEntry& entry : entries) {
    append(value, entry.tag, 2);
    append(value, entry.permissions, 2);
    append(value, entry.id, 4);
  }
  return value;
}

}  // namespace mkramdisk
