#include "mkramdisk/owner_map.hpp"

#include <algorithm>

#include "common/sizes.hpp"

namespace mkramdisk {
namespace {

using common::Error;
using common::Failure;

std::uint32_t mapped(std::span<const OwnerRule> rules, bool user, std::uint32_t id) {
  for (const OwnerRule& rule : rules)
    if ((user ? rule.users : rule.groups) && id >= rule.from && id - rule.from < rule.count)
      return rule.to + (id - rule.from);
  return id;
}

}  // namespace

common::Result<OwnerRule> parse_owner_rule(std::string_view text) {
  const std::string_view whole = text;
  OwnerRule rule;
  if (text.starts_with("u:") || text.starts_with("g:")) {
    rule.users = text.front() == 'u';
    rule.groups = !rule.users;
    text.remove_prefix(2);
  }
  std::uint32_t* const fields[] = {&rule.from, &rule.to, &rule.count};
  std::size_t found = 0;
  bool good = true;
  while (good && found < 3) {
    const std::string_view field = text.substr(0, text.find(':'));
    const auto value = common::parse_decimal(field);
    good = value && *value <= UINT32_MAX;
    if (good) *fields[found++] = static_cast<std::uint32_t>(*value);
    if (field.size() == text.size()) {
      text = {};
      break;
    }
    text.remove_prefix(field.size() + 1);
    if (text.empty()) good = false;
  }
  if (!good || found < 2 || !text.empty() || rule.count == 0 ||
      rule.count - 1 > UINT32_MAX - std::max(rule.from, rule.to))
    return Error::of(Failure::usage, "--owner-map '%.*s': wanted is [u:|g:]FROM:TO[:COUNT]",
                     static_cast<int>(std::min<std::size_t>(whole.size(), 64)), whole.data());
  return rule;
}

void map_owners(std::span<const OwnerRule> rules, std::size_t begin, Tree& tree) {
  if (rules.empty()) return;
  for (std::size_t id = begin; id < tree.inodes.size(); ++id) {
    Inode& inode = tree.inodes[id];
    inode.uid = mapped(rules, true, inode.uid);
    inode.gid = mapped(rules, false, inode.gid);
  }
}

}  // namespace mkramdisk
