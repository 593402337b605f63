#include "mkramdisk/device_table.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "common/sizes.hpp"
#include "mkramdisk/tree_merge.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;

constexpr std::uint32_t most_minor = (1U << 20) - 1;  // dev_t of ext2 and Linux: 12:20 bits
constexpr std::uint32_t most_major = (1U << 12) - 1;

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  constexpr std::string_view space = " \t\r\v\f";
  for (std::size_t at = line.find_first_not_of(space); at != std::string_view::npos;
       at = line.find_first_not_of(space, at)) {
    const std::size_t end = std::min(line.find_first_of(space, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

// Mode in octal, -1 for "as it is", the default for "-".
bool parse_mode(std::string_view word, std::int64_t& mode) {
  if (word == "-") return true;
  if (word == "-1") {
    mode = -1;
    return true;
  }
  const auto value = common::parse_c_number("0" + std::string(word));
  if (!value || *value > 07777) return false;
  mode = static_cast<std::int64_t>(*value);
  return true;
}

bool parse_number(std::string_view word, std::uint32_t& number) {
  if (word == "-") return true;
  const auto value = common::parse_decimal(word);
  if (!value || *value > UINT32_MAX) return false;
  number = static_cast<std::uint32_t>(*value);
  return true;
}

// Null, or why the line makes no sense.
const char* parse_words(const std::vector<std::string_view>& words, TableLine& line) {
  if (words.size() < 2 || words[1].size() != 1) return "wanted are a name and a type of one letter";
  line.name = words[0];
  line.type = words[1][0];
  if (std::string_view("dfFrcbpsl").find(line.type) == std::string_view::npos)
    return "unknown type; known are d, f, F, r, c, b, p, s and l";
  if (words.size() > 2 && !parse_mode(words[2], line.mode)) return "bad mode";
  if (words.size() > 3 && words[3] != "-") line.user = words[3];
  if (words.size() > 4 && words[4] != "-") line.group = words[4];
  if (line.type == 'l') {
    if (words.size() != 6) return "a symbolic link wants its target in place of the device number";
    line.target = words[5];
    return nullptr;
  }
  const std::array numbers = {&line.major, &line.minor, &line.start, &line.increment, &line.count};
  if (words.size() > 5 + numbers.size()) return "too many fields";
  for (std::size_t i = 5; i < words.size(); ++i)
    if (!parse_number(words[i], *numbers[i - 5])) return "bad number";
  if (line.major > most_major) return "major number over 4095";
  return nullptr;
}

// The number of user or group `name` in text of the form of passwd(5).
std::optional<std::uint32_t> owner_number(const std::string& name, const std::string& database) {
  std::uint32_t number = 0;
  if (parse_number(name, number)) return number;
  for (std::size_t at = 0; at < database.size();) {
    const std::size_t end = std::min(database.find('\n', at), database.size());
    const std::string line = database.substr(at, end - at);
    at = end + 1;
    const std::size_t first = line.find(':');
    if (first == std::string::npos || line.compare(0, first, name) != 0) continue;
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::size_t third = line.find(':', second + 1);
    if (parse_number(line.substr(second + 1, third - second - 1), number)) return number;
  }
  if (name == "root") return 0;
  return std::nullopt;
}

std::uint32_t type_bits(char type) {
  switch (type) {
    case 'd':
      return S_IFDIR;
    case 'c':
      return S_IFCHR;
    case 'b':
      return S_IFBLK;
    case 'p':
      return S_IFIFO;
    case 's':
      return S_IFSOCK;
    case 'l':
      return S_IFLNK;
    default:
      return S_IFREG;
  }
}

class Application {
 public:
  Application(const TableContext& context, TableForm form, Tree& tree)
      : context_(context), form_(form), tree_(tree) {}

  Status apply(const TableLine& line) {
    Inode wanted;
    wanted.mode =
        type_bits(line.type) | static_cast<std::uint32_t>(std::max<std::int64_t>(line.mode, 0));
    wanted.mtime = context_.mtime;
    const auto uid = owner_number(line.user, context_.passwd);
    const auto gid = owner_number(line.group, context_.group);
    if (!uid) return refuse(line, ("no user " + line.user).c_str());
    if (!gid) return refuse(line, ("no group " + line.group).c_str());
    wanted.uid = *uid;
    wanted.gid = *gid;
    const std::string path = context_.top + "/" + line.name;
    if (line.type == 'r') return recurse(line, path, wanted);
    if (line.type != 'c' && line.type != 'b') return put(line, path, wanted);
    return put_nodes(line, path, wanted);
  }

 private:
  Status refuse(const TableLine& line, const char* reason) const {
    return Error::of(Failure::not_usable, "%s:%zu: %s: %s", context_.name.c_str(), line.number,
                     line.name.c_str(), reason);
  }

  Status put_nodes(const TableLine& line, const std::string& path, Inode wanted) {
    wanted.major = line.major;
    wanted.minor = line.minor;
    const bool counts = form_ == TableForm::buildroot;
    if (line.count == 0 || (counts && line.count == 1)) {
      if (line.minor > most_minor) return refuse(line, "minor number over 1048575");
      return put(line, path, wanted);
    }
    // genext2fs numbers nodes up to count - 1 with minor + index * increment - start; makedevs
    // makes count nodes with minor + position * increment.
    const std::uint64_t end =
        counts ? std::uint64_t{line.start} + line.count : std::uint64_t{line.count};
    for (std::uint64_t index = line.start; index < end; ++index) {
      const std::uint64_t minor = counts ? line.minor + (index - line.start) * line.increment
                                         : line.minor + index * line.increment - line.start;
      if (minor > most_minor) return refuse(line, "minor number over 1048575");
      wanted.minor = static_cast<std::uint32_t>(minor);
      if (auto status = put(line, path + std::to_string(index), wanted); !status) return status;
    }
    return Done{};
  }

  Status put(const TableLine& line, const std::string& path, const Inode& wanted) {
    const InodeId there = find_path(tree_, path);
    if (there != none && tree_.inodes[there].is(wanted.mode & S_IFMT)) {
      change(line, there, wanted);
      return Done{};
    }
    if (line.type == 'f') return refuse(line, "no such regular file");
    if (line.type == 'F') return Done{};
    if (there != none && tree_.inodes[there].is(S_IFDIR))
      return refuse(line, "a directory is there already");
    const SplitPath split = split_path(path);
    if (split.name.empty() || split.name == "." || split.name == ".." ||
        split.name.size() > Tree::longest_name)
      return refuse(line, "not a name for a file");
    auto folder = make_directories(tree_, split.folder, context_.mtime);
    if (!folder) return refuse(line, folder.error().text());
    Inode made = wanted;
    if (line.type == 'l') tree_.set_target(made, line.target);
    put_entry(tree_, *folder, split.name, made);
    return Done{};
  }

  void change(const TableLine& line, InodeId id, const Inode& wanted) {
    Inode& inode = tree_.inodes[id];
    inode.uid = wanted.uid;
    inode.gid = wanted.gid;
    inode.major = wanted.major;
    inode.minor = wanted.minor;
    if (line.mode >= 0 && line.type != 'l')
      inode.mode = (inode.mode & S_IFMT) | (wanted.mode & 07777);
    if (line.type == 'l') tree_.set_target(inode, line.target);
  }

  // makedevs r: everything from here down, symbolic links' own modes excepted.
  Status recurse(const TableLine& line, const std::string& path, const Inode& wanted) {
    const InodeId top = find_path(tree_, path);
    if (top == none) return refuse(line, "no such directory");
    std::vector<InodeId> waiting{top};
    tree_.finish();
    while (!waiting.empty()) {
      const InodeId id = waiting.back();
      waiting.pop_back();
      Inode& inode = tree_.inodes[id];
      inode.uid = wanted.uid;
      inode.gid = wanted.gid;
      if (line.mode >= 0 && !inode.is(S_IFLNK))
        inode.mode = (inode.mode & S_IFMT) | (wanted.mode & 07777);
      if (inode.is(S_IFDIR))
        for (const Entry& entry : tree_.entries_of(inode)) waiting.push_back(entry.inode);
    }
    return Done{};
  }

  const TableContext& context_;
  TableForm form_;
  Tree& tree_;
};

}  // namespace

Result<std::vector<TableLine>> parse_device_table(std::string_view text, const std::string& name) {
  std::vector<TableLine> table;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::vector<std::string_view> words = words_of(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (words.empty() || words[0].starts_with('#')) continue;
    TableLine line;
    line.number = number;
    const char* reason = words[0].starts_with('|') ? "extended attributes are not supported here"
                                                   : parse_words(words, line);
    if (reason != nullptr)
      return Error::of(Failure::not_usable, "%s:%zu: %s", name.c_str(), number, reason);
    table.push_back(std::move(line));
  }
  return table;
}

TableForm form_of(const std::vector<TableLine>& table) {
  const auto is_number = [](const std::string& text) {
    return common::parse_decimal(text).has_value();
  };
  const bool makedevs = std::any_of(table.begin(), table.end(), [&](const TableLine& line) {
    return line.type == 'F' || line.type == 'r' || line.mode < 0 || !is_number(line.user) ||
           !is_number(line.group);
  });
  return makedevs ? TableForm::buildroot : TableForm::genext2fs;
}

Status apply_device_table(const std::vector<TableLine>& table, const TableContext& context,
                          Tree& tree) {
  const TableForm form = context.form == TableForm::automatic ? form_of(table) : context.form;
  Application application(context, form, tree);
  for (const TableLine& line : table)
    if (auto status = application.apply(line); !status) return status;
  return Done{};
}

}  // namespace mkramdisk
