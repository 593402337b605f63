// World: the upper that the facts of an overlay describe.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "linuxrc/overlay.hpp"
#include "linuxrc/root_name.hpp"
#include "tests/linuxrc/world.hpp"

namespace linuxrc::fake {
namespace {

constexpr mode_t file_mode = S_IFREG | 0644;
constexpr mode_t folder_mode = S_IFDIR | 0755;
constexpr std::uint64_t ext_magic = 0xef53;

// What identify_upper() knows each by.
std::string head_of(UpperContents contents) {
  std::string head(4096, '\x55');
  switch (contents) {
    case UpperContents::erased:
      head.assign(4096, '\xff');
      break;
    case UpperContents::zeroes:
      head.assign(4096, '\0');
      break;
    case UpperContents::dead_code:
      head.replace(0, 4, "\xde\xad\xc0\xde", 4);
      break;
    case UpperContents::ext:
      head.replace(1024 + 56, 2, "\x53\xef", 2);
      break;
    case UpperContents::f2fs:
      head.replace(1024, 4, "\x10\x20\xf5\xf2", 4);
      break;
    case UpperContents::jffs2:
      head.replace(0, 2, "\x85\x19", 2);
      break;
    case UpperContents::other:
      head.replace(0, 4, "hsqs", 4);
      break;
    case UpperContents::unknown:
      break;
  }
  return head;
}

std::uint8_t hex_byte(const std::string& text) {
  return static_cast<std::uint8_t>(std::stoul(text, nullptr, 16));
}

// The superblock of an ext2 file system with this UUID, "12345678-...".
std::string head_with(std::string_view uuid) {
  std::string head = head_of(UpperContents::ext);
  std::string digits;
  for (const char c : uuid)
    if (c != '-') digits += c;
  for (std::size_t i = 0; i < 16; ++i)
    head[1024 + 0x68 + i] = static_cast<char>(hex_byte(digits.substr(2 * i, 2)));
  return head;
}

}  // namespace

void World::add_upper() {
  const OverlayOptions options = overlay_options(facts_);
  if (!options.asked && role_of(facts_) != Role::over_root) return;
  const bool old_type = facts_.overlay.old_type;
  kernel.types.emplace_back(old_type ? "nodev\toverlayfs" : "nodev\toverlay");
  // Tried before ext2, as in Linux: what ext2 says is then what is said.
  kernel.types.insert(kernel.types.begin(), "\text4");
  FileSystem* const lower = real == nullptr ? image : real;
  if (facts_.overlay.lower_known && lower != nullptr) {
    const std::string_view identity = facts_.overlay.lower;
    kernel.tree.put(
        *lower, "/etc/os-release", file_mode,
        "ID=test\nBUILD_ID=\"" + std::string(identity.substr(identity.find(':') + 1)) + "\"\n");
  }
  if (facts_.overlay.root_uuid[0] != '\0' && lower != nullptr)
    kernel.disk(lower->device)->head = head_with(facts_.overlay.root_uuid);
  if (options.in_memory) return;
  const UpperProbe& probe = facts_.overlay.upper;
  if (!probe.found) return;
  const RootName name = parse_root_name(options.upper.view());
  const bool flash = name.form == RootName::Form::flash;
  const dev_t device = flash ? makedev(31, 4) : makedev(254, 16);
  FileSystem& fs = kernel.tree.make_fs(flash ? "jffs2" : "ext4", device, ext_magic);
  kernel.upper = &fs;
  if (flash) {
    kernel.flash = &fs;
    kernel.tree.put(*kernel.proc, "/mtd", file_mode,
                    "dev:    size   erasesize  name\nmtd4: 00400000 00010000 \"" +
                        std::string(name.text.substr(name.text.find(':') + 1)) + "\"\n");
  }
  Disk& disk = kernel.disks.emplace_back();
  disk = {device,
          flash ? "mtdblock4" : std::string(name.text),
          nullptr,
          8192,
          0,
          "",
          head_of(probe.contents)};
  if (!probe.mounted) return;
  if (is_to_be_formatted(facts_, options)) {
    kernel.tree.put(*lower, "/sbin/mkfs." + std::string(options.format.view()), S_IFREG | 0755,
                    Kernel::elf_program(""));
    kernel.tree.put(*lower, "/dev", folder_mode);
    kernel.mkfs_program = [&fs, device](Kernel& machine) {
      Disk& blank = *machine.disk(device);
      blank.fs = &fs;
      blank.head = head_of(UpperContents::ext);
      return 0;
    };
  } else {
    disk.fs = &fs;
  }
  const char* const marks[] = {"", mark_pending, mark_ready, "7"};
  if (probe.mark != UpperMark::none)
    kernel.tree.put(fs, "/.fs_state", S_IFLNK | 0777, marks[static_cast<int>(probe.mark)]);
  if (probe.lower_recorded)
    kernel.tree.put(fs, "/.linuxrc.lower", S_IFLNK | 0777,
                    probe.lower_differs ? "build:another" : facts_.overlay.lower);
  if (probe.root_recorded)
    kernel.tree.put(fs, "/etc/.extroot-uuid", file_mode, facts_.overlay.root_uuid);
  if (probe.strange) kernel.tree.put(fs, "/work", file_mode, "a file");
  if (probe.copied) kernel.tree.put(fs, "/upper.new/etc/file", file_mode, "copied");
  if (probe.copied) kernel.tree.put(fs, "/upper.new/.hidden/file", file_mode, "copied");
  if (probe.copied && !probe.missing) kernel.tree.put(fs, "/upper", folder_mode);
  if (probe.memory_kept) kernel.tree.put(fs, "/upper.memory/file", file_mode, "kept");
  if (probe.used && !probe.missing) {
    kernel.tree.put(fs, "/upper/etc/passwd", file_mode, "changed");
    kernel.tree.put(fs, "/upper/.hidden/file", file_mode, "changed");
  }
  const char* const foreign = facts_.value("linuxrc.overlay.foreign");
  if (foreign != nullptr && std::string_view(foreign) == "listed")
    kernel.tree.put(*lower, "/lib/upgrade/keep.d/base", file_mode, "/etc/pass*\n/etc/missing\n");
  if (probe.stale_work) kernel.tree.put(fs, "/work/work/#1", file_mode, "half");
}

}  // namespace linuxrc::fake
