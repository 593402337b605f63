#include "mkramdisk/host_xattrs.hpp"

#include <sys/xattr.h>

#include <cerrno>
#include <vector>

#include "mkramdisk/xattrs.hpp"

namespace mkramdisk {
namespace {

using common::Error;
using common::Result;

constexpr std::size_t most = 65536;  // XATTR_LIST_MAX and XATTR_SIZE_MAX of the kernel

}  // namespace

Result<std::string> read_xattrs(const std::string& path, const std::string& name) {
  std::vector<char> names(most);
  const ssize_t size = ::llistxattr(path.c_str(), names.data(), names.size());
  if (size < 0 && errno == ENOTSUP) return std::string();
  if (size < 0) return Error::system(errno, "listxattr %s", name.c_str());
  std::vector<Xattr> attributes;
  std::vector<char> value;
  for (ssize_t at = 0; at < size;) {
    const std::string attribute(names.data() + at);
    at += static_cast<ssize_t>(attribute.size()) + 1;
    value.resize(most);
    const ssize_t length = ::lgetxattr(path.c_str(), attribute.c_str(), value.data(), value.size());
    if (length < 0)
      return Error::system(errno, "getxattr %s of %s", attribute.c_str(), name.c_str());
    attributes.push_back({attribute, {value.data(), static_cast<std::size_t>(length)}});
  }
  auto packed = pack_xattrs(std::move(attributes));
  if (!packed)
    return Error::of(packed.error().kind(), "%s: %s", name.c_str(), packed.error().text());
  return packed;
}

}  // namespace mkramdisk
