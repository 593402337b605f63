// Loading the image that the initramfs brings along, or that lies on a floppy disk: checked, and
// onto /dev/ram0 or what stands for it where the kernel has no such driver.
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include <optional>

#include "common/sizes.hpp"
#include "linuxrc/device.hpp"
#include "linuxrc/plan.hpp"
#include "linuxrc/ramroot.hpp"

namespace linuxrc {
namespace {

constexpr const char* default_image = "/initrd.image";
constexpr const char* image_sum = "/initrd.image.sha256";
constexpr const char* ram_disk = "/dev/ram0";
constexpr std::uint64_t default_kib = 4096;  // CONFIG_BLK_DEV_RAM_SIZE
constexpr std::uint64_t page_kib = 4;

// Rounded up to whole pages, which these devices are made of.
std::uint64_t wanted_kib(const Facts& facts, const Options& options) {
  std::uint64_t kib = options.ramdisk_size_kib != 0 ? options.ramdisk_size_kib : facts.image_kib;
  if (kib == 0) kib = default_kib;  // loading will say what is wrong with the image
  return (kib + page_kib - 1) / page_kib * page_kib;
}

void add_ram_disk(const Facts& facts, const Options& options, Plan& plan) {
  const std::uint64_t kib = wanted_kib(facts, options);
  switch (facts.ram_disk) {
    case RamDisk::brd:
      plan.add({.op = Op::make_node, .target = ram_disk, .device = ram0()});
      return;
    case RamDisk::loop:
      plan.add({.op = Op::make_ram_disk, .target = ram_disk, .type = "loop", .number = kib});
      return;
    case RamDisk::zram:
      if (!facts.sys_mounted) {
        plan.add({.op = Op::make_directory, .target = "/sys"});
        plan.add({.op = Op::mount,
                  .source = "sysfs",
                  .target = "/sys",
                  .type = "sysfs",
                  .flags = MS_NOSUID | MS_NODEV | MS_NOEXEC});
      }
      plan.add({.op = Op::make_ram_disk, .target = ram_disk, .type = "zram", .number = kib});
      return;
  }
}

// load_ramdisk= and prompt_ramdisk=, as Linux up to 5.8 read them.
struct FloppyWords {
  bool load = false;
  bool prompt = true;
  bool ask_for_something = false;
};

FloppyWords floppy_words(const Facts& facts) {
  const auto number = [&](std::string_view name) -> std::optional<std::uint64_t> {
    const char* const text = facts.value(name);
    return text == nullptr ? std::nullopt : common::parse_c_number(text);
  };
  const auto load = number("load_ramdisk");
  const auto prompt = number("prompt_ramdisk");
  FloppyWords words;
  words.load = load.value_or(0) != 0;
  words.prompt = prompt.value_or(1) != 0;
  words.ask_for_something = words.load || prompt.value_or(0) != 0;
  return words;
}

// The number of the floppy drive that root= names.
std::optional<dev_t> floppy_of(const char* root) {
  constexpr unsigned floppy_major = 2;
  const std::string_view name = root == nullptr ? "" : root;
  if (name == "/dev/fd0") return makedev(floppy_major, 0);
  if (name == "/dev/fd1") return makedev(floppy_major, 1);
  const auto number = parse_device_number(name);
  return number && major(*number) == floppy_major ? number : std::nullopt;
}

// As rd_load_disk(): a disk is asked for, and its image loaded.
void plan_floppy(const Facts& facts, const Options& options, Plan& plan) {
  constexpr const char* drive = "/dev/fd0";
  plan.add({.op = Op::make_node, .target = drive, .device = *floppy_of(options.root)});
  if (floppy_words(facts).prompt)
    plan.add({.op = Op::ask_for_disk,
              .source = "VFS: Insert root floppy disk to be loaded into RAM disk and press ENTER"});
  add_ram_disk(facts, options, plan);
  plan.add({.op = Op::load_image,
            .source = drive,
            .target = ram_disk,
            .number = options.ramdisk_start_kib});
}

}  // namespace

bool loads_floppy(const Facts& facts) {
  return role_of(facts) == Role::initramfs_init && facts.initrd_image.empty() &&
         floppy_words(facts).load && floppy_of(facts.options().root);
}

void plan_image(const Facts& facts, Plan& plan) {
  const Options& options = facts.options();
  if (loads_floppy(facts)) {
    plan_floppy(facts, options, plan);
    return;
  }
  if (floppy_words(facts).ask_for_something)
    plan.say(
        "load_ramdisk= and prompt_ramdisk= mean a root=/dev/fd0 without an initrd: "
        "ignored");
  const bool there = !facts.initrd_image.empty();
  if (wants_ramroot(facts)) {  // which is the root, and /initrd.image the image of another boot
    if (there) plan.say("linuxrc.ramroot=: the initrd is not loaded");
    return;
  }
  if (options.no_initrd) {
    if (there) plan.say("noinitrd: the image is not loaded");
    return;
  }
  // Where the image is the root it has to be there, and loading it says that it is not.
  if (!there && !root_is_image(facts)) return;
  const char* const image = there ? facts.initrd_image.c_str() : default_image;
  // The sum is that of the image which lies beside it.
  if (facts.has_image_sum && facts.initrd_image.view() == default_image)
    plan.add({.op = Op::check_image, .source = image, .target = image_sum});
  add_ram_disk(facts, options, plan);
  plan.add({.op = Op::load_image,
            .source = image,
            .target = ram_disk,
            .number = options.ramdisk_start_kib});
  if (facts.ram_disk == RamDisk::zram && !facts.sys_mounted)
    plan.add({.op = Op::unmount_or_detach, .target = "/sys", .on_failure = OnFailure::warn});
}

// What was mounted on /dev before this program began has gone along to the new root.
void plan_image_node(const Facts& facts, Plan& plan) {
  if (facts.dev_mounted)
    plan.add({.op = Op::make_node,
              .target = "dev/ram0",
              .device = facts.ram_disk_device,
              .on_failure = OnFailure::warn});
}

}  // namespace linuxrc
