#include "mkramdisk/wrap/judge.hpp"

#include <algorithm>
#include <string_view>

#include "mkramdisk/wrap/module_choice.hpp"
#include "rdload/verdict.hpp"

namespace mkramdisk::wrap {
namespace {

using rdload::Format;
using rdload::Kind;

struct Needed {
  Format format;
  std::vector<std::string> options;  // one of them
};
const std::vector<Needed>& needed_options() {
  static const std::vector<Needed> all = {
      {Format::gzip, {"RD_GZIP"}},       {Format::bzip2, {"RD_BZIP2"}},
      {Format::lzma, {"RD_LZMA"}},       {Format::xz, {"RD_XZ"}},
      {Format::lzo, {"RD_LZO"}},         {Format::lz4, {"RD_LZ4"}},
      {Format::zstd, {"RD_ZSTD"}},       {Format::ext2, {"EXT2_FS", "EXT4_FS"}},
      {Format::minix, {"MINIX_FS"}},     {Format::romfs, {"ROMFS_FS"}},
      {Format::cramfs, {"CRAMFS"}},      {Format::squashfs, {"SQUASHFS"}},
      {Format::erofs, {"EROFS_FS"}},     {Format::btrfs, {"BTRFS_FS"}},
      {Format::iso9660, {"ISO9660_FS"}},
  };
  return all;
}

std::vector<std::string> options_of(Format format) {
  for (const Needed& entry : needed_options())
    if (entry.format == format) return entry.options;
  return {};
}

// The best setting among options of which one is enough.
Set best(const Kernel& kernel, const std::vector<std::string>& options) {
  Set found = Set::no;
  for (const std::string& option : options) {
    const Set set = kernel.option(option);
    if (set == Set::yes) return Set::yes;
    if (set == Set::unknown || found == Set::no) found = set;
  }
  return found;
}

std::string names(const std::vector<std::string>& options) {
  std::string text;
  for (const std::string& option : options)
    text += (text.empty() ? "CONFIG_" : " or CONFIG_") + option;
  return text;
}

class Judge {
 public:
  Judge(const LegacyImage& image, const Contents& contents, const Kernel& kernel)
      : image_(image),
        contents_(contents),
        kernel_(kernel),
        system_(image.facts.image.is(Kind::compressed) ? image.facts.inner : image.facts.image) {}

  Verdict ram0() const {
    Verdict verdict{"as it is, root=/dev/ram0", {}, {}};
    kernel_loads(verdict);
    must_run(contents_.init, verdict);
    if (!kernel_.before(7, 0))
      verdict.remarks.emplace_back("Linux 7 warns that this goes away in January 2027");
    return verdict;
  }

  Verdict disk() const {
    Verdict verdict{"as it is, /linuxrc and then a disk as root=", {}, {}};
    kernel_loads(verdict);
    if (!kernel_.before(7, 0)) verdict.against.emplace_back("no kernel runs /linuxrc from 7.0 on");
    may_run(contents_.linuxrc, verdict);
    return verdict;
  }

  Verdict wrapped(const char* way, bool on_image, bool linuxrc_loads) const {
    Verdict verdict{way, {}, {}};
    if (kernel_.before(2, 6)) verdict.against.emplace_back("there is no initramfs before 2.6");
    built_in({"BLK_DEV_INITRD"}, "an initramfs", verdict);
    built_in({"RD_GZIP"}, "gzip; wrap with -z none", verdict);
    std::vector<std::string> ram_disks = {"BLK_DEV_RAM", "BLK_DEV_LOOP"};
    if (zram_can_hold(system_)) ram_disks.emplace_back("ZRAM");
    available(ram_disks, "the RAM disk, or what stands for it", verdict);
    available(options_of(system_.format), rdload::format_name(system_.format), verdict);
    if (!linuxrc_loads)
      verdict.against.push_back(std::string("linuxrc has no decoder for ") +
                                rdload::format_name(image_.facts.image.format));
    if (on_image)
      must_run(contents_.init, verdict);
    else
      may_run(contents_.linuxrc, verdict);
    return verdict;
  }

 private:
  // What the kernel's own loader needs: everything built in, and within its RAM disk's size.
  void kernel_loads(Verdict& verdict) const {
    built_in({"BLK_DEV_INITRD"}, "an initrd", verdict);
    built_in({"BLK_DEV_RAM"}, "the RAM disk (brd)", verdict);
    if (image_.facts.image.is(Kind::compressed))
      built_in(options_of(image_.facts.image.format),
               rdload::format_name(image_.facts.image.format), verdict);
    built_in(options_of(system_.format), rdload::format_name(system_.format), verdict);
    const auto all = rdload::verdicts(image_.facts);
    const std::size_t line = kernel_.major >= 7     ? 3
                             : kernel_.major >= 3   ? 2
                             : kernel_.before(2, 6) ? 0
                                                    : 1;
    if (std::string_view(all[line].outcome) != "loads" && !image_.uimage)
      verdict.against.push_back(std::string(all[line].outcome) + ": " + all[line].remark);
    const auto size = kernel_.number("BLK_DEV_RAM_SIZE");
    if (size && image_.ram_kib > *size)
      verdict.remarks.push_back("the RAM disk has " + std::to_string(*size) +
                                " KiB: it takes ramdisk_size=" + std::to_string(image_.ram_kib));
  }

  void built_in(const std::vector<std::string>& options, const std::string& what,
                Verdict& verdict) const {
    if (options.empty()) return;
    const Set set = best(kernel_, options);
    if (set == Set::no) verdict.against.push_back(what + ": " + names(options) + " is off");
    if (set == Set::module)
      verdict.against.push_back(what + ": " + names(options) +
                                " is a module, which the kernel cannot load before the image");
  }

  void available(const std::vector<std::string>& options, const std::string& what,
                 Verdict& verdict) const {
    const Set set = best(kernel_, options);
    if (set == Set::no) verdict.against.push_back(what + ": " + names(options) + " is off");
    if (set == Set::module) verdict.remarks.push_back(what + " is a module: wrap with --modules");
  }

  void must_run(const Program& program, Verdict& verdict) const {
    if (!contents_.seen) return;
    if (!program.runs()) {
      verdict.against.push_back(program.path + " is " + describe(program));
      return;
    }
    if (program.kind == Program::Kind::script && kernel_.option("BINFMT_SCRIPT") == Set::no)
      verdict.against.push_back(program.path + " is a script: CONFIG_BINFMT_SCRIPT is off");
    if (program.elf && kernel_.architecture == "x86") must_fit_x86(program, verdict);
  }

  // Kernels and linuxrc go on to the disk whatever becomes of /linuxrc.
  void may_run(const Program& program, Verdict& verdict) const {
    Verdict trial;
    must_run(program, trial);
    for (const std::string& reason : trial.against)
      verdict.remarks.push_back(reason + ": nothing runs before the disk is mounted");
  }

  void must_fit_x86(const Program& program, Verdict& verdict) const {
    constexpr std::uint16_t x86 = 3, x86_64 = 62;  // EM_386, EM_X86_64
    const Elf& elf = *program.elf;
    if (elf.machine != x86 && elf.machine != x86_64)
      verdict.against.push_back(program.path + " is for another machine: " + describe(elf));
    if (elf.machine == x86_64 && kernel_.option("64BIT") == Set::no)
      verdict.against.push_back(program.path + " is a 64-bit program, the kernel is not");
    if (elf.machine == x86 && kernel_.option("64BIT") == Set::yes &&
        kernel_.option("IA32_EMULATION") == Set::no)
      verdict.against.push_back(program.path +
                                " is a 32-bit program: CONFIG_IA32_EMULATION is off");
  }

  const LegacyImage& image_;
  const Contents& contents_;
  const Kernel& kernel_;
  const rdload::Image& system_;
};

}  // namespace

std::vector<Verdict> judge(const LegacyImage& image, const Contents& contents, const Kernel& kernel,
                           bool linuxrc_loads) {
  const Judge court(image, contents, kernel);
  return {court.ram0(), court.disk(), court.wrapped("wrapped, root=/dev/ram0", true, linuxrc_loads),
          court.wrapped("wrapped, /linuxrc and then a disk as root=", false, linuxrc_loads)};
}

}  // namespace mkramdisk::wrap
