#include "mkramdisk/size_plan.hpp"

#include <algorithm>
#include <cmath>

#include "common/sizes.hpp"
#include "mkramdisk/ext2_format.hpp"

namespace mkramdisk {
namespace {

using common::Error;
using common::Failure;
using common::Result;

constexpr std::uint32_t default_ratio = 4096;  // bytes per inode, as mke2fs on small media

// Free blocks of a file system of so many blocks; 0 where there cannot be one.
std::uint64_t free_in(Format format, std::uint64_t blocks) {
  format.blocks = blocks;
  const auto geometry = count_geometry(format);
  return geometry ? geometry->free_blocks : 0;
}

std::uint32_t at_most_32(std::uint64_t value) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, UINT32_MAX));
}

std::uint32_t inodes_for(const InodeRequest& request, std::uint64_t bytes, const Needs& needs) {
  if (request.count) return *request.count;
  const std::uint64_t by_ratio = bytes / request.bytes_per_inode.value_or(default_ratio);
  const std::uint64_t least = needs.inodes + first_inode - 1;
  if (request.bytes_per_inode) return at_most_32(std::max<std::uint64_t>(by_ratio, first_inode));
  return at_most_32(request.fewest ? least : std::max(by_ratio, least));
}

Error too_small(Format format, const Needs& needs, const SizePlan& have, std::uint64_t free_blocks,
                std::uint64_t inodes, const std::string& image) {
  const std::uint64_t inodes_needed = needs.inodes + first_inode - 1;
  format.inodes = std::max(format.inodes, at_most_32(inodes_needed));
  const auto blocks = smallest_blocks(format, needs.blocks);
  const std::uint64_t need_kib = blocks ? (*blocks * format.block_size + 1023) / 1024 : 0;
  common::Text<200> hint;
  Format least = format;
  least.inodes = at_most_32(inodes_needed);
  const auto lean = smallest_blocks(least, needs.blocks);
  if (lean && *lean * format.block_size <= have.bytes && inodes >= inodes_needed)
    hint.append("; it would fit with -N %u", least.inodes);
  return Error::of(Failure::does_not_fit,
                   "%s: does not fit: needs %llu KiB (%llu blocks of %u bytes for files, %llu "
                   "inodes), has %llu KiB (%llu blocks, %llu inodes)%s",
                   image.c_str(), static_cast<unsigned long long>(need_kib),
                   static_cast<unsigned long long>(needs.blocks), format.block_size,
                   static_cast<unsigned long long>(inodes_needed),
                   static_cast<unsigned long long>(have.bytes / 1024),
                   static_cast<unsigned long long>(free_blocks),
                   static_cast<unsigned long long>(inodes), hint.c_str());
}

Result<SizePlan> check(const SizePlan& plan, const Needs& needs, const std::string& image) {
  const auto geometry = count_geometry(plan.format);
  if (!geometry) {
    if (geometry.error().kind() != Failure::does_not_fit) return geometry.error();
    return too_small(plan.format, needs, plan, 0, 0, image);
  }
  if (geometry->free_blocks < needs.blocks || geometry->free_inodes() < needs.inodes)
    return too_small(plan.format, needs, plan, geometry->free_blocks, geometry->inodes, image);
  return plan;
}

Result<SizePlan> plan_smallest(Format format, const Needs& needs, const SizeRequest& size,
                               const InodeRequest& inodes, const std::string& image) {
  const std::uint32_t least = at_most_32(needs.inodes + first_inode - 1);
  // A ratio depends on the size, which depends on the number of inodes: both only grow.
  format.inodes = inodes.count.value_or(least);
  std::uint64_t blocks = 0;
  for (int round = 0; round < 20; ++round) {
    const auto found = smallest_blocks(format, needs.blocks);
    if (!found) return found.error();
    blocks = *found;
    if (!inodes.bytes_per_inode) break;
    const std::uint32_t wanted = at_most_32(
        std::max<std::uint64_t>(least, blocks * format.block_size / *inodes.bytes_per_inode));
    if (wanted <= format.inodes) break;
    format.inodes = wanted;
  }
  SizePlan plan;
  std::uint64_t slack = blocks * format.block_size / 100 * size.percent + size.bytes;
  slack = (slack + format.block_size - 1) / format.block_size;
  if (!inodes.count) format.inodes += at_most_32(slack * format.block_size / default_ratio);
  format.blocks = blocks + slack;
  plan.format = format;
  plan.bytes = format.blocks * format.block_size;
  return check(plan, needs, image);
}

}  // namespace

Result<SizeRequest> parse_size_request(std::string_view text) {
  const auto refuse = [&] {
    return Error::of(Failure::usage,
                     "size '%.*s': wanted is a size such as 4096k, or min, min+10%%, min+512k",
                     static_cast<int>(std::min<std::size_t>(text.size(), 64)), text.data());
  };
  SizeRequest request;
  if (!text.starts_with("min")) {
    const auto bytes = common::parse_size(text);
    if (!bytes || *bytes == 0) return refuse();
    request.bytes = *bytes;
    return request;
  }
  request.smallest = true;
  request.bytes = 0;
  text.remove_prefix(3);
  if (text.empty()) return request;
  if (text.front() != '+') return refuse();
  text.remove_prefix(1);
  if (text.ends_with('%')) {
    const auto percent = common::parse_decimal(text.substr(0, text.size() - 1));
    if (!percent || *percent > 1000000) return refuse();
    request.percent = static_cast<unsigned>(*percent);
    return request;
  }
  const auto bytes = common::parse_size(text);
  if (!bytes) return refuse();
  request.bytes = *bytes;
  return request;
}

Result<std::uint64_t> smallest_blocks(const Format& format, std::uint64_t free_blocks) {
  // Blocks and overhead grow together; feeding the shortfall back converges in a few rounds. The
  // number of groups makes steps in it, so the last stretch is walked.
  std::uint64_t blocks = free_blocks + 64;
  std::uint64_t best = 0;
  for (int round = 0; round < 400 && blocks <= UINT32_MAX; ++round) {
    const std::uint64_t have = free_in(format, blocks);
    if (have >= free_blocks) {
      if (best == 0 || blocks < best) best = blocks;
      if (have == free_blocks) break;
      // Less than the surplus may do, where the last group or a table shrinks with it.
      const std::uint64_t less = blocks - (have - free_blocks);
      if (less >= blocks || free_in(format, less) < free_blocks) break;
      blocks = less;
    } else {
      if (best != 0) break;
      blocks += std::max<std::uint64_t>(1, have == 0 ? blocks / 16 : free_blocks - have);
    }
  }
  if (best == 0)
    return Error::of(Failure::does_not_fit, "no ext2 file system in blocks of %u bytes is so large",
                     format.block_size);
  const std::uint64_t stop = best - std::min<std::uint64_t>(best, 600);
  for (std::uint64_t less = best - 1; less > stop; --less)
    if (free_in(format, less) >= free_blocks) best = less;
  return best;
}

Result<SizePlan> plan_size(Format format, const Needs& needs, const SizeRequest& size,
                           const InodeRequest& inodes, const std::string& image) {
  format.large_files = needs.large_files;
  format.attributes = needs.attributes;
  if (size.smallest) return plan_smallest(std::move(format), needs, size, inodes, image);
  SizePlan plan;
  plan.bytes = size.bytes;
  format.blocks = size.bytes / format.block_size;
  if (format.blocks > UINT32_MAX)
    return Error::of(Failure::usage, "size: ext2 holds at most 4294967295 blocks of %u bytes",
                     format.block_size);
  format.inodes = inodes_for(inodes, size.bytes, needs);
  plan.format = std::move(format);
  return check(plan, needs, image);
}

}  // namespace mkramdisk
