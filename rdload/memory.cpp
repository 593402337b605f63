#include "rdload/memory.hpp"

#include <algorithm>

#include "common/io.hpp"

namespace rdload {
namespace {

// The bytes of a line such as "MemTotal:   80000 kB".
std::optional<std::uint64_t> field(std::string_view meminfo, std::string_view name) {
  std::size_t at = meminfo.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  at = meminfo.find_first_not_of(' ', at + name.size());
  if (at == std::string_view::npos) return std::nullopt;
  std::uint64_t kib = 0;
  const std::size_t first = at;
  for (; at < meminfo.size() && meminfo[at] >= '0' && meminfo[at] <= '9' && at < first + 15; ++at)
    kib = kib * 10 + static_cast<std::uint64_t>(meminfo[at] - '0');
  if (at == first) return std::nullopt;
  return kib * 1024;
}

}  // namespace

std::optional<std::uint64_t> spare_memory(std::string_view meminfo) {
  const auto total = field(meminfo, "MemTotal:");
  const auto available = field(meminfo, "MemAvailable:");
  if (!total || !available) return std::nullopt;
  const auto reserve = std::clamp<std::uint64_t>(*total / 16, 1u << 20, 8u << 20);
  return *available > reserve ? *available - reserve : 0;
}

std::optional<std::uint64_t> spare_memory() {
  char text[8192];
  const auto length = common::read_text("/proc/meminfo", text);
  if (!length) return std::nullopt;
  return spare_memory({text, *length});
}

}  // namespace rdload
