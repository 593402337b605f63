// The stages of an image that is to run in RAM: it is found, checked and loaded, and mounted. What
// fails leaves it to the next image of the chain.
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include "linuxrc/device.hpp"
#include "linuxrc/ramroot.hpp"
#include "linuxrc/root_chain.hpp"
#include "linuxrc/root_name.hpp"

namespace linuxrc {
namespace {

using Form = ImagePlace::Form;

constexpr const char* ram_disk = "/dev/ram0";
constexpr const char* root_folder = "/root";
constexpr std::uint64_t page_kib = 4;
constexpr std::uint64_t default_kib = 4096;  // of an image that says nothing: loading says why

// The image that this attempt is about.
struct Attempt {
  CurrentRoot image;
  ImagePlace place;
  RamrootOptions options;
};

Attempt attempt_of(const Facts& facts, Plan& plan) {
  const RamrootFacts& found = facts.ramroot;
  CurrentRoot image = current_root(facts, plan);
  if (found.in_place != InPlace::no) {
    const ChainOptions chain = chain_options(facts);
    image = {plan.join(root_of_chain(chain.chain.view(), found.place_at), ""), found.place_at,
             true};
  }
  return {image, parse_image_place(image.name), ramroot_options(facts, image.at)};
}

// As a step of a chain: its failure leaves it to the next image, if there is one.
void add(const Attempt& attempt, Step step, Plan& plan) {
  let_next_root_follow(attempt.image, step);
  plan.add(step);
}

void refuse(const Attempt& attempt, const char* why, Plan& plan) {
  add(attempt, {.op = Op::refuse, .source = plan.join(plan.join(attempt.image.name, ": "), why)},
      plan);
}

Step find_step(const Facts& facts, const Attempt& attempt, Op op, Plan& plan) {
  return {.op = op,
          .source = plan.join(attempt.place.device, ""),
          .number = facts.options().root_wait_s};
}

Step mount_flash_step(const Attempt& attempt, Plan& plan) {
  Step mount{.op = Op::mount_root,
             .source = plan.join(attempt.place.device, ""),
             .target = flash_folder,
             .flags = MS_RDONLY};
  if (attempt.place.form == Form::flash_file) {
    mount.op = Op::mount_flash;
    mount.type = flash_type(attempt.place.device);
  }
  return mount;
}

std::uint64_t ram_disk_kib(const Facts& facts) {
  const std::uint64_t kib = facts.ramroot.image_kib != 0 ? facts.ramroot.image_kib : default_kib;
  return (kib + page_kib - 1) / page_kib * page_kib;
}

// brd's size is fixed: what does not fit there gets a loop device of its own size.
void add_ram_disk(const Facts& facts, const Attempt& attempt, Plan& plan) {
  const std::uint64_t kib = ram_disk_kib(facts);
  RamDisk kind = facts.ram_disk;
  if (kind == RamDisk::brd && facts.ramroot.brd_kib < kib && facts.ramroot.has_loop)
    kind = RamDisk::loop;
  if (kind == RamDisk::brd) {
    add(attempt, {.op = Op::make_node, .target = ram_disk, .device = ram0()}, plan);
    return;
  }
  const bool zram = kind == RamDisk::zram;
  if (zram && !facts.sys_mounted) {
    add(attempt, {.op = Op::make_directory, .target = "/sys"}, plan);
    add(attempt,
        {.op = Op::mount,
         .source = "sysfs",
         .target = "/sys",
         .type = "sysfs",
         .flags = MS_NOSUID | MS_NODEV | MS_NOEXEC},
        plan);
  }
  add(attempt,
      {.op = Op::make_ram_disk, .target = ram_disk, .type = zram ? "zram" : "loop", .number = kib},
      plan);
}

void add_check(const Facts& facts, const Attempt& attempt, const char* path, Plan& plan) {
  const RamrootOptions& options = attempt.options;
  const bool looks_beside = options.sum == nullptr && facts.ramroot.sum_beside;
  if (options.sum == nullptr && !looks_beside && options.size == 0) {
    plan.add({.op = Op::say,
              .source = "no hash of the image is known: it is checked by its format alone"});
    return;
  }
  add(attempt,
      {.op = Op::check_source,
       .source = path,
       .target = looks_beside ? plan.join(path, ".sha256") : "",
       .type =
           attempt.place.form == Form::device || attempt.place.form == Form::mtd ? "device" : "",
       .data = options.sum,
       .number = options.size},
      plan);
}

const char* memory_text(const Facts& facts, const RamrootOptions& options, Plan& plan) {
  common::Text<200> text;
  text.append("it takes %llu KiB of memory, with %llu KiB left over for the system",
              static_cast<unsigned long long>(facts.ramroot.image_kib),
              static_cast<unsigned long long>(options.reserve_kib));
  text.append(" (linuxrc.ramroot.reserve=), and %llu KiB are available",
              static_cast<unsigned long long>(facts.ramroot.available_kib));
  return plan.join(text.view(), "");
}

// The image's own file system, or what the image lies on, is to be the root. It was checked when it
// was to be loaded.
void plan_in_place(const Facts& facts, const Attempt& attempt, const char* path, Plan& plan) {
  const bool on_files = attempt.place.form == Form::file || attempt.place.form == Form::flash_file;
  if (facts.ramroot.in_place == InPlace::flash) {
    if (!on_files)
      refuse(attempt, "it is compressed, and lies on no file system that could be the root", plan);
    return;
  }
  switch (attempt.place.form) {
    case Form::file:
    case Form::flash_file:
      plan.add({.op = Op::attach_image,
                .source = plan.join(attempt.place.file, ""),
                .target = flash_folder,
                .flags = MS_RDONLY});
      return;
    case Form::initramfs:
      plan.add({.op = Op::attach_image, .source = path, .flags = MS_RDONLY});
      return;
    case Form::mtd: {
      Step find = find_step(facts, attempt, Op::find_mtd, plan);
      find.type = "block";
      plan.add(find);
      return;
    }
    case Form::device:  // is the remembered one
    case Form::unknown:
      return;
  }
}

}  // namespace

const char* image_path(const Facts& facts, Plan& plan) {
  const Attempt attempt = attempt_of(facts, plan);
  switch (attempt.place.form) {
    case Form::initramfs:
      return plan.join(attempt.place.file, "");
    case Form::file:
    case Form::flash_file:
      return plan.join(flash_folder, attempt.place.file);
    default:
      return image_node;
  }
}

void plan_find_image(const Facts& facts, Plan& plan) {
  if (!wants_ramroot(facts)) return;
  const Attempt attempt = attempt_of(facts, plan);
  const bool in_place = facts.ramroot.in_place != InPlace::no;
  const std::uint32_t delay_s = facts.options().root_delay_s;
  if (delay_s != 0 && attempt.image.at == 0 && !in_place)
    plan.add({.op = Op::wait, .number = delay_s});
  if (!in_place) plan_count(facts, plan);
  const bool mounts = attempt.place.form == Form::file ||
                      (attempt.place.form == Form::flash_file && !attempt.place.file.empty());
  if (attempt.place.form == Form::unknown || (attempt.place.form == Form::flash_file && !mounts)) {
    refuse(attempt, "not DEVICE, DEVICE:/PATH, mtdN, mtd:NAME or /PATH of the initramfs", plan);
    return;
  }
  if (attempt.options.bad_word) {
    refuse(attempt, "linuxrc.ramroot.hash= is not sha256:HEX, or a size is no number", plan);
    return;
  }
  if (attempt.place.form == Form::initramfs) return;
  if (attempt.place.form == Form::file || attempt.place.form == Form::device)
    add(attempt, find_step(facts, attempt, Op::find_root, plan), plan);
  if (attempt.place.form == Form::mtd)
    add(attempt, find_step(facts, attempt, Op::find_mtd, plan), plan);
  add(attempt, {.op = Op::make_directory, .target = flash_folder}, plan);
  if (mounts)
    add(attempt, mount_flash_step(attempt, plan), plan);
  else
    add(attempt, {.op = Op::make_source, .target = image_path(facts, plan)}, plan);
}

void plan_load_ramroot(const Facts& facts, Plan& plan) {
  if (!wants_ramroot(facts)) return;
  const Attempt attempt = attempt_of(facts, plan);
  const char* const path = image_path(facts, plan);
  if (facts.ramroot.in_place != InPlace::no) {
    plan_in_place(facts, attempt, path, plan);
    return;
  }
  // First, so that one that is too large and damaged is not taken for one that is only too large.
  add_check(facts, attempt, path, plan);
  if (is_too_large(facts, attempt.options)) {
    refuse(attempt, memory_text(facts, attempt.options, plan), plan);
    return;
  }
  if (facts.ramroot.image_kib != 0)
    plan.add({.op = Op::say, .source = memory_text(facts, attempt.options, plan)});
  add_ram_disk(facts, attempt, plan);
  add(attempt, {.op = Op::load_image, .source = path, .target = ram_disk}, plan);
  if (facts.ram_disk == RamDisk::zram && !facts.sys_mounted)
    plan.add({.op = Op::unmount_or_detach, .target = "/sys", .on_failure = OnFailure::warn});
}

void plan_mount_ramroot(const Facts& facts, Plan& plan) {
  if (!wants_ramroot(facts)) return;
  const Attempt attempt = attempt_of(facts, plan);
  const Options options = facts.options();
  const char* const types = options.image_types == nullptr ? "" : options.image_types;
  const bool has_mount = attempt.place.form == Form::file || attempt.place.form == Form::flash_file;
  switch (facts.ramroot.in_place) {
    case InPlace::flash:
      plan.add({.op = Op::move_mount, .source = flash_folder, .target = root_folder});
      break;
    case InPlace::image:
      plan.add({.op = Op::mount_root,
                .source = attempt.image.name,
                .target = root_folder,
                .type = types,
                .data = options.image_flags,
                .flags = MS_RDONLY});
      break;
    case InPlace::no:
      if (has_mount)
        plan.add(
            {.op = Op::unmount_or_detach, .target = flash_folder, .on_failure = OnFailure::warn});
      add(attempt,
          {.op = Op::mount_root,
           .source = ram_disk,
           .target = root_folder,
           .type = types,
           .data = options.image_flags,
           .flags = options.read_write ? 0UL : static_cast<unsigned long>(MS_RDONLY),
           .device = facts.ram_disk_device},
          plan);
      break;
  }
  if (facts.ramroot.in_place == InPlace::no)
    plan_init_of_chain(facts, root_folder, options.init, plan);
}

void plan_root_of_chain(const Facts& facts, Plan& plan) {
  if (!wants_ramroot(facts)) plan_root(facts, plan);
}

}  // namespace linuxrc
