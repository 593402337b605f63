// Owners changed on their way into the image.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "common/error.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// Ids from `from` on, `count` of them, become those from `to` on.
struct OwnerRule {
  bool users = true;
  bool groups = true;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint32_t count = 1;
};

// "FROM:TO[:COUNT]" for users and groups, with "u:" or "g:" before it for one of them. Fails
// (usage) on anything else.
common::Result<OwnerRule> parse_owner_rule(std::string_view text);

// Changes inodes from number `begin` on; the first rule that fits counts.
void map_owners(std::span<const OwnerRule> rules, std::size_t begin, Tree& tree);

}  // namespace mkramdisk
