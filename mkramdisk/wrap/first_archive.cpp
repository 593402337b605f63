#include "mkramdisk/wrap/first_archive.hpp"

#include <algorithm>

#include "common/cmdline.hpp"
#include "mkramdisk/wrap/module_choice.hpp"
#include "mkramdisk/wrap/newc.hpp"

namespace mkramdisk::wrap {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;

// linuxrc reads the list into memory of this size (linuxrc/step_modules.cpp).
constexpr std::size_t most_list_bytes = 16383;

class Chooser {
 public:
  Chooser(const KernelModules& kernel, const Options& options)
      : kernel_(kernel), options_(options) {}

  // The first of the names that the kernel has; one that is built in is the best of all.
  Status grant(const Wish& wish) {
    std::string chosen;
    for (const std::string& name : wish.names) {
      if (is_left_out(name)) continue;
      const Has has = kernel_.has(name);
      if (has == Has::built_in) return Done{};
      if (has == Has::module && chosen.empty()) chosen = name;
    }
    if (!chosen.empty()) return kernel_.add(chosen, files);
    if (wish.need.empty()) return Done{};
    return Error::of(Failure::not_usable, "%s: no driver to %s", kernel_.folder().c_str(),
                     wish.need.c_str());
  }

  // linuxrc makes a loop device over tmpfs, or zram, stand for /dev/ram0 where brd is missing.
  Status add_ram_disk(const rdload::Image& system) {
    const bool zram_will_do = zram_can_hold(system);
    for (const char* const name : {"brd", "loop", "zram"}) {
      const Has has = is_left_out(name) ? Has::nothing : kernel_.has(name);
      if (has == Has::nothing || (std::string_view(name) == "zram" && !zram_will_do)) continue;
      // Up to 6.11 zram asks for its compression by name, and finds no modprobe.
      if (std::string_view(name) == "zram")
        if (auto status = grant({{"lzo_rle"}, ""}); !status) return status;
      return has == Has::module ? kernel_.add(name, files) : Status(Done{});
    }
    return Error::of(
        Failure::not_usable, "%s: neither a RAM disk (brd) nor what could stand for it (loop%s)",
        kernel_.folder().c_str(),
        zram_will_do ? ", zram" : "; zram has sectors of 4 KiB, the image smaller blocks");
  }

  Status add_named() {
    for (const NamedModule& named : options_.added) {
      if (auto status = kernel_.add(named.name, files); !status) return status;
      for (ModuleFile& file : files)
        if (same_name(file.name, named.name)) file.parameters = named.parameters;
    }
    return Done{};
  }

  std::vector<ModuleFile> files;

 private:
  // '-' and '_' are one letter in the names of modules.
  static bool same_name(const std::string& a, const std::string& b) {
    const auto letter = [](char c) { return c == '-' ? '_' : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return letter(x) == letter(y); });
  }
  [[nodiscard]] bool is_left_out(const std::string& name) const {
    return std::any_of(options_.left_out.begin(), options_.left_out.end(),
                       [&](const std::string& other) { return same_name(name, other); });
  }

  const KernelModules& kernel_;
  const Options& options_;
};

std::string file_name(const ModuleFile& module) {
  std::string name = module.path.substr(module.path.rfind('/') + 1);
  return name.substr(0, name.find(".ko")) + ".ko";
}

}  // namespace

Result<std::vector<ModuleFile>> choose_modules(const Options& options, const rdload::Image& system,
                                               std::ostream& notes) {
  if (options.modules.empty()) {
    notes
        << "no --modules: for a kernel with the RAM disk, the disk and its file system built in\n";
    return std::vector<ModuleFile>();
  }
  common::CommandLine command_line;
  if (auto status = command_line.parse(options.command_line); !status) return status.error();
  const auto kernel = KernelModules::open(options.modules);
  if (!kernel) return kernel.error();
  Chooser chooser(*kernel, options);
  if (auto status = chooser.add_ram_disk(system); !status) return status.error();
  // First of all: ubi attaches a flash while it is loaded, whose driver has to be there by then.
  if (auto status = chooser.add_named(); !status) return status.error();
  for (const Wish& wish : wishes(system.format, command_line))
    if (auto status = chooser.grant(wish); !status) return status.error();
  return std::move(chooser.files);
}

Result<std::vector<std::byte>> make_first_archive(std::span<const std::byte> linuxrc,
                                                  const std::vector<ModuleFile>& modules) {
  std::vector<std::byte> bytes;
  Newc archive(bytes);
  archive.file("init", 0755, linuxrc);
  if (!modules.empty()) {
    std::string list;
    archive.folder("lib");
    archive.folder("lib/linuxrc");
    for (const ModuleFile& module : modules) {
      const auto data = read_module(module.path);
      if (!data) return data.error();
      archive.file("lib/linuxrc/" + file_name(module), 0644, *data);
      list += file_name(module) + (module.parameters.empty() ? "" : " ") + module.parameters + "\n";
    }
    if (list.size() > most_list_bytes)
      return Error::of(Failure::does_not_fit, "%zu modules: their list is longer than %zu bytes",
                       modules.size(), most_list_bytes);
    archive.file("lib/linuxrc/modules.list", 0644, std::as_bytes(std::span(list)));
  }
  archive.end();
  return bytes;
}

}  // namespace mkramdisk::wrap
