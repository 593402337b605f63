#include "linuxrc/grubenv.hpp"

#include <algorithm>

namespace linuxrc {
namespace {

using common::Error;
using common::Failure;

constexpr std::string_view first_line = "# GRUB Environment Block\n";

bool needs_backslash(char c) {
  return c == '\\' || c == '\n';
}

}  // namespace

common::Result<GrubEnv> GrubEnv::parse(std::span<const char> block) {
  if (block.size() != size)
    return Error::of(Failure::corrupt, "an environment block has %zu bytes, not %zu", size,
                     block.size());
  const std::string_view text{block.data(), block.size()};
  if (!text.starts_with(first_line))
    return Error::of(Failure::corrupt, "no environment block of GRUB: its first line is missing");
  GrubEnv env;
  std::copy(block.begin(), block.end(), env.block_.begin());
  env.used_ = text.find_last_not_of('#') + 1;  // a newline of the first line at least
  if (text[env.used_ - 1] != '\n')
    return Error::of(Failure::corrupt, "the environment block's last line has no end");
  // A last newline that belongs to a value would make it part of what is written behind it.
  for (std::size_t at = first_line.size(); at < env.used_;) {
    const Line line = env.line_at(at);
    if (line.end > env.used_ || text[line.end - 1] != '\n')
      return Error::of(Failure::corrupt, "the environment block's last line has no end");
    at = line.end;
  }
  return env;
}

GrubEnv::Line GrubEnv::line_at(std::size_t begin) const {
  std::size_t end = begin;
  while (end < used_ && block_[end] != '\n') end += block_[end] == '\\' ? 2U : 1U;
  return {begin, end + 1};
}

std::optional<GrubEnv::Line> GrubEnv::find(std::string_view name) const {
  for (std::size_t at = first_line.size(); at < used_;) {
    const Line line = line_at(at);
    const std::string_view text{block_.data() + line.begin, line.end - line.begin};
    if (text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=')
      return line;
    at = line.end;
  }
  return std::nullopt;
}

std::optional<std::string_view> GrubEnv::get(std::string_view name, std::span<char> buffer) const {
  const auto line = find(name);
  if (!line) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t at = line->begin + name.size() + 1; at + 1 < line->end; ++at) {
    if (block_[at] == '\\') ++at;
    if (length < buffer.size()) buffer[length++] = block_[at];
  }
  return std::string_view{buffer.data(), length};
}

bool GrubEnv::set(std::string_view name, std::string_view value) {
  const auto escapes = std::count_if(value.begin(), value.end(), needs_backslash);
  const std::size_t wanted = name.size() + value.size() + static_cast<std::size_t>(escapes) + 2;
  const auto before = find(name);
  const std::size_t given_back = before ? before->end - before->begin : 0;
  if (wanted > size - used_ + given_back) return false;
  unset(name);
  auto out = std::copy(name.begin(), name.end(), block_.begin() + static_cast<long>(used_));
  *out++ = '=';
  for (const char c : value) {
    if (needs_backslash(c)) *out++ = '\\';
    *out++ = c;
  }
  *out++ = '\n';
  used_ += wanted;
  return true;
}

void GrubEnv::unset(std::string_view name) {
  // More than one only where somebody else has written the block.
  while (const auto line = find(name)) {
    char* const at = block_.data() + line->begin;
    char* const end = std::copy(block_.data() + line->end, block_.data() + used_, at);
    std::fill(end, block_.data() + used_, '#');
    used_ = static_cast<std::size_t>(end - block_.data());
  }
}

}  // namespace linuxrc
