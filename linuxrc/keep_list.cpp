#include "linuxrc/keep_list.hpp"

#include "common/lines.hpp"

namespace linuxrc {
namespace {

constexpr std::string_view blanks = " \t\r";

bool goes_up(std::string_view path) {
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('/'));
    if (name == "." || name == "..") return true;
    path.remove_prefix(name.size() == path.size() ? name.size() : name.size() + 1);
  }
  return false;
}

bool matches_rest(std::string_view pattern, std::string_view name) {
  // Where the last * is, and where what it stands for ends.
  std::size_t star = std::string_view::npos;
  std::size_t end = 0;
  std::size_t at = 0;
  std::size_t in = 0;
  while (in < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      end = in;
    } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == name[in])) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++end;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

}  // namespace

std::string_view kept_path(std::string_view line) {
  const auto begin = line.find_first_not_of(blanks);
  if (begin == std::string_view::npos || line[begin] != '/') return {};
  line = line.substr(begin, line.find_last_not_of(blanks) + 1 - begin);
  while (line.starts_with('/')) line.remove_prefix(1);
  while (line.ends_with('/')) line.remove_suffix(1);
  return goes_up(line) ? std::string_view{} : line;
}

bool matches(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  return matches_rest(pattern, name);
}

}  // namespace linuxrc
