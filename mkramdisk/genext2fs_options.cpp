#include "mkramdisk/genext2fs_options.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "common/sizes.hpp"

namespace mkramdisk {
namespace {

using common::Error;
using common::Failure;
using common::Result;

// One row an option: letter, long name, whether it takes a value.
struct Row {
  char letter;
  std::string_view name;
  bool value;
};
constexpr std::array<Row, 21> rows = {{
    {'x', "starting-image", true},  {'d', "root", true},
    {'D', "devtable", true},        {'a', "tarball", true},
    {'B', "block-size", true},      {'b', "size-in-blocks", true},
    {'i', "bytes-per-inode", true}, {'N', "number-of-inodes", true},
    {'L', "volume-label", true},    {'m', "reserved-percentage", true},
    {'o', "creator-os", true},      {'g', "block-map", true},
    {'e', "fill-value", true},      {'z', "allow-holes", false},
    {'f', "faketime", false},       {'q', "squash", false},
    {'U', "squash-uids", false},    {'P', "squash-perms", false},
    {'h', "help", false},           {'V', "version", false},
    {'v', "verbose", false},
}};

struct Given {
  char letter = 0;  // 0: an operand
  std::string value;
};

Error bad(const char* reason, const std::string& text) {
  return Error::of(Failure::usage, "%s '%.80s'", reason, text.c_str());
}

// "--name", "--name=value", unique beginnings of names too, as getopt_long takes them.
Result<const Row*> find_long(const std::string& name) {
  const Row* found = nullptr;
  for (const Row& row : rows) {
    if (row.name == name) return &row;
    if (!row.name.starts_with(name)) continue;
    if (found != nullptr) return bad("ambiguous option", std::string("--").append(name));
    found = &row;
  }
  if (found == nullptr) return bad("unknown option", std::string("--").append(name));
  return found;
}

Result<std::vector<Given>> split(std::span<const std::string> words) {
  std::vector<Given> all;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.size() < 2 || word[0] != '-') {
      all.push_back({0, word});
      continue;
    }
    if (word == "--") {
      for (++i; i < words.size(); ++i) all.push_back({0, words[i]});
      break;
    }
    if (word[1] == '-') {
      const std::size_t equals = word.find('=');
      auto row = find_long(word.substr(2, equals == std::string::npos ? equals : equals - 2));
      if (!row) return row.error();
      std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
      if ((*row)->value && equals == std::string::npos) {
        if (++i == words.size()) return bad("no value for option", word);
        value = words[i];
      }
      all.push_back({(*row)->letter, value});
      continue;
    }
    for (std::size_t at = 1; at < word.size(); ++at) {
      const auto row = std::find_if(rows.begin(), rows.end(),
                                    [&](const Row& r) { return r.letter == word[at]; });
      if (row == rows.end()) return bad("unknown option", word);
      if (!row->value) {
        all.push_back({row->letter, ""});
        continue;
      }
      std::string value = word.substr(at + 1);
      if (value.empty()) {
        if (++i == words.size()) return bad("no value for option", word);
        value = words[i];
      }
      all.push_back({row->letter, value});
      break;
    }
  }
  return all;
}

class Translation {
 public:
  Translation() {
    options_.reserved_percent = 5;
    options_.table_form = TableForm::genext2fs;
  }

  common::Status take(const Given& given) {
    const std::string& value = given.value;
    switch (given.letter) {
      case 0:
        if (!options_.output.empty()) return bad("more than one image:", value);
        options_.output = value;
        break;
      case 'x':
      case 'd':
      case 'a':
        add_layer(Layer::Kind::source, value, given.letter == 'x');
        break;
      case 'D':
        add_layer(Layer::Kind::table, value, false);
        break;
      case 'L':
        if (value.size() > 16) return bad("volume label of more than 16 bytes:", value);
        options_.label = value;
        break;
      case 'o':
        if (value != "linux" && value != "0") return bad("unsupported creator OS", value);
        break;
      case 'g':
        return bad("block maps are not supported: -g", value);
      case 'z':
        options_.sparse = true;
        break;
      case 'f':
        options_.time = 0;
        break;
      case 'q':
        options_.squash_permissions = options_.root_owned = true;
        break;
      case 'U':
        options_.root_owned = true;
        break;
      case 'P':
        options_.squash_permissions = true;
        break;
      default:
        return number(given);
    }
    return common::Done{};
  }

  Result<std::optional<Options>> finish() {
    if (blocks_ == 0) return Error::of(Failure::usage, "no size given: -b BLOCKS");
    options_.size.bytes = blocks_ * options_.block_size;
    // Without -N or -i as many inodes as there are files.
    if (!options_.inodes.count && !options_.inodes.bytes_per_inode) options_.inodes.fewest = true;
    options_.lost_found = options_.reserved_percent > 0;
    if (options_.output.empty()) options_.output = '-';
    return std::optional<Options>(std::move(options_));
  }

 private:
  // "path[:place in the image]"
  void add_layer(Layer::Kind kind, const std::string& value, bool first) {
    Layer layer{kind, value, ""};
    if (const std::size_t colon = value.find(':'); colon != std::string::npos && !first) {
      layer.path = value.substr(0, colon);
      layer.top = value.substr(colon + 1);
    }
    options_.layers.insert(first ? options_.layers.begin() : options_.layers.end(), layer);
  }

  common::Status number(const Given& given) {
    const auto value = common::parse_size(given.value);
    if (given.letter == 'v') return common::Done{};
    if (!value) return bad("not a number:", given.value);
    const auto small = static_cast<std::uint32_t>(std::min<std::uint64_t>(*value, UINT32_MAX));
    switch (given.letter) {
      case 'B':
        if (*value != 1024 && *value != 2048 && *value != 4096)
          return bad("block size, wanted is 1024, 2048 or 4096:", given.value);
        options_.block_size = small;
        break;
      case 'b':
        blocks_ = *value;
        break;
      case 'i':
        options_.inodes.bytes_per_inode = std::max(small, 1U);
        break;
      case 'N':
        options_.inodes.count = small;
        break;
      case 'm':
        if (*value > 50) return bad("reserved percentage over 50:", given.value);
        options_.reserved_percent = static_cast<double>(*value);
        break;
      default:  // -e: unallocated blocks are zero, and stay so where they can be holes
        break;
    }
    return common::Done{};
  }

  Options options_;
  std::uint64_t blocks_ = 0;
};

void print_help(std::ostream& out) {
  out << "Usage: genext2fs [options] [image]\n"
         "Make an ext2 image, with the command line of genext2fs 1.5 (this is mkramdisk).\n\n";
  for (const Row& row : rows)
    out << "  -" << row.letter << ", --" << row.name << (row.value ? " VALUE\n" : "\n");
}

}  // namespace

bool called_as_genext2fs(std::string_view program) {
  return program.substr(program.rfind('/') + 1) == "genext2fs";
}

Result<std::optional<Options>> parse_genext2fs(std::span<const std::string> arguments,
                                               const char* source_date_epoch, std::ostream& out) {
  auto given = split(arguments);
  if (!given) return given.error();
  Translation translation;
  for (const Given& one : *given) {
    if (one.letter == 'h') {
      print_help(out);
      return std::optional<Options>();
    }
    if (one.letter == 'V') {
      out << "genext2fs 1.5.0 (mkramdisk " MKRAMDISK_VERSION ")\n";
      return std::optional<Options>();
    }
    if (auto status = translation.take(one); !status) return status.error();
  }
  auto options = translation.finish();
  if (options && source_date_epoch != nullptr && *source_date_epoch != '\0' && !(*options)->time) {
    const auto seconds = common::parse_decimal(source_date_epoch);
    if (!seconds)
      return bad("SOURCE_DATE_EPOCH, wanted are seconds since 1970:", source_date_epoch);
    (*options)->latest_time = static_cast<std::int64_t>(*seconds);
  }
  return options;
}

}  // namespace mkramdisk
