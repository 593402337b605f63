#include "mkramdisk/wrap/kernel_facts.hpp"

#include <sys/stat.h>

#include <cstdio>
#include <sstream>

#include "common/sizes.hpp"
#include "mkramdisk/wrap/kernel_modules.hpp"
#include "rdload/decoded_stream.hpp"
#include "rdload/decoders/all.hpp"
#include "rdload/opening.hpp"

namespace mkramdisk::wrap {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;

// The options that matter here and are modules in one kernel or another, with the modules' names.
struct Tristate {
  const char* option;
  const char* module;
};
constexpr Tristate tristates[] = {
    {"BLK_DEV_RAM", "brd"},   {"EXT2_FS", "ext2"},      {"EXT4_FS", "ext4"},
    {"MINIX_FS", "minix"},    {"ROMFS_FS", "romfs"},    {"CRAMFS", "cramfs"},
    {"SQUASHFS", "squashfs"}, {"EROFS_FS", "erofs"},    {"BTRFS_FS", "btrfs"},
    {"ISO9660_FS", "isofs"},  {"BLK_DEV_LOOP", "loop"}, {"ZRAM", "zram"},
};

struct Line {
  const char* name;
  unsigned major, minor;
};
// A version that stands for a whole line: the last whose rules are those of the line.
constexpr Line lines[] = {{"2.4", 2, 4}, {"2.6", 2, 6}, {"6.x", 6, 12}, {"7.x", 7, 0}};

// A file's text, unpacked where it is packed.
Result<std::string> read_whole(const std::string& path) {
  auto source = rdload::Source::open(path.c_str(), {});
  if (!source) return source.error();
  const auto opened = rdload::open_image(*source, rdload::Rows::all);
  if (!opened) return opened.error();
  std::string text(std::size_t{4} << 20, '\0');  // a configuration has a few 100 KiB
  const auto room = std::as_writable_bytes(std::span(text));
  std::size_t length = 0;
  if (opened->image.is(rdload::Kind::compressed)) {
    auto stream =
        rdload::DecodedStream::open(*source, opened->image.format, rdload::all_decoders(), {});
    if (!stream) return stream.error();
    const auto got = stream->read(room);
    if (!got) return got.error();
    length = *got;
  } else {
    const auto got = source->read(room);
    if (!got) return got.error();
    length = *got;
  }
  text.resize(length);
  return text;
}

bool is_file(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode);
}

}  // namespace

void Kernel::read_version(const std::string& text) {
  if (std::sscanf(text.c_str(), "%u.%u", &major, &minor) != 2) major = minor = 0;
}

void Kernel::add_configuration(const std::string& text) {
  std::istringstream lines_of(text);
  for (std::string line; std::getline(lines_of, line);) {
    // "# Linux/x86 6.1.0 Kernel Configuration"
    if (line.starts_with("# Linux/")) {
      const auto blank = line.find(' ', 8);
      architecture = line.substr(8, blank == std::string::npos ? blank : blank - 8);
      if (blank != std::string::npos) read_version(line.substr(blank + 1));
    }
    const auto equals = line.find('=');
    if (line.starts_with("CONFIG_") && equals != std::string::npos)
      options_[line.substr(7, equals - 7)] = line.substr(equals + 1);
  }
  complete_ = true;
}

Result<Kernel> Kernel::from_configuration(const std::string& name, const std::string& text) {
  Kernel kernel;
  kernel.add_configuration(text);
  if (kernel.options_.empty())
    return Error::of(Failure::not_usable, "%s: no configuration of a kernel", name.c_str());
  if (kernel.major == 0)
    return Error::of(Failure::not_usable,
                     "%s: a configuration that does not say of which version it is", name.c_str());
  kernel.name =
      std::to_string(kernel.major) + "." + std::to_string(kernel.minor) + " (" + name + ")";
  return kernel;
}

Status Kernel::read_modules(const std::string& where) {
  const auto modules = KernelModules::open(where);
  if (!modules) return modules.error();
  name = modules->release() + " (" + modules->folder() + ")";
  read_version(modules->release());
  for (const std::string& path :
       {modules->folder() + "/config", modules->folder() + "/build/.config",
        "/boot/config-" + modules->release()}) {
    if (complete_ || !is_file(path)) continue;
    const auto text = read_whole(path);
    if (text) add_configuration(*text);
  }
  // The lists of modules speak of what is installed, which is what counts.
  for (const Tristate& entry : tristates) switch (modules->has(entry.module)) {
      case Has::built_in:
        options_[entry.option] = "y";
        break;
      case Has::module:
        options_[entry.option] = "m";
        break;
      case Has::nothing:
        options_[entry.option] = "n";
        break;
    }
  return Done{};
}

Result<Kernel> Kernel::read(const std::string& what) {
  for (const Line& line : lines)
    if (what == line.name) {
      Kernel kernel;
      kernel.name = std::string(line.name) + ", with whatever it needs built in";
      kernel.major = line.major;
      kernel.minor = line.minor;
      return kernel;
    }
  if (is_file(what)) {
    const auto text = read_whole(what);
    if (!text) return text.error();
    return from_configuration(what, *text);
  }
  Kernel kernel;
  if (auto status = kernel.read_modules(what); !status) return status.error();
  return kernel;
}

Set Kernel::option(const std::string& option) const {
  const auto found = options_.find(option);
  if (found == options_.end()) return complete_ ? Set::no : Set::unknown;
  if (found->second == "y") return Set::yes;
  return found->second == "m" ? Set::module : Set::no;
}

std::optional<std::uint64_t> Kernel::number(const std::string& option) const {
  const auto found = options_.find(option);
  if (found == options_.end()) return std::nullopt;
  return common::parse_c_number(found->second);
}

}  // namespace mkramdisk::wrap
